"""Checkers of how well a model fits: over- and underfitting, and the course of training."""
