"""Checkers of the family features, one file each."""
