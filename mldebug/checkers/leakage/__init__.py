"""Checkers of the family leakage, one file each."""
