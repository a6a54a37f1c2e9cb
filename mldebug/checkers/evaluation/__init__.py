"""Checkers of the family evaluation, one file each."""
