"""Checkers of the family labels, one file each."""
