"""Checkers, by family: functions that measure. Every module below is discovered."""
