"""Checkers of the family tracking, one file each."""
