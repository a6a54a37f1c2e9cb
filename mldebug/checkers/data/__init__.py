"""Checkers of the family data, one file each."""
