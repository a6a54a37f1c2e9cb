"""Derived artefacts, one file each. Every module below is discovered."""
