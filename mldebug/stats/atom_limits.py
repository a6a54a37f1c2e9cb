"""The numbers that say when values pile up; apart from the arrays, so that they load at once."""

NEAR_CONTINUOUS = 20
"""Distinct values of a column that is a measurement, not a handful of levels."""
PILED = 5
"""Rows of an atom that is no known code; also how many times as frequent as its neighbours is one."""
FAR_FROM_ZERO = 4.0
"""Standard deviations, told by the lower half, from which on a positive column does not reach 0."""
LEAST_DISTINCT = 100
"""A column of so many distinct values or fewer is not near-continuous enough to be clipped."""
WINDOW_SHARE, WINDOW_ROWS = 0.05, 20
"""The rows beside an end that tell the density there: this share of the others, or so many."""
WINDOW_DISTINCT = 10
"""Fewer distinct values than this beside an end are levels."""
