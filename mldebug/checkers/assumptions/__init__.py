"""Checkers of the family assumptions, one file each."""
