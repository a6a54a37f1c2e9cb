"""Checkers of hyperparameters: those of a run, and the search for them."""
