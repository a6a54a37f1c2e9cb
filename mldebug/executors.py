"""Where independent pieces of work run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
MOST_THREADS = 8


def threads() -> int:
    """The number of threads that work is spread over: the processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    available = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min(available, MOST_THREADS)


def threaded(function: Callable[[_Item], _Result], items: Iterable[_Item]) -> list[_Result]:
    """The function of each item, in the order of the items, computed by several threads.

    For array code, which runs beside other threads for most of its time. The results do not depend
    on the number of threads, and the first exception in the order of the items is raised.
    """
    from concurrent.futures import ThreadPoolExecutor

    listed = list(items)
    workers = min(threads(), len(listed))
    if workers < 2:
        return [function(item) for item in listed]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(function, listed))


def one_thread() -> AbstractContextManager[Any]:
    """A block in which BLAS and OpenMP keep to the thread that they are called in.

    On tables of the size that models are fitted on, threads that wait for each other cost more than
    they give, the more so on a machine that has other work.
    """
    limited: AbstractContextManager[Any] = _pools().limit(limits=1)
    return limited


@cache
def _pools() -> Any:
    """The thread pools of what models are fitted with.

    They are looked for once: that reads the whole memory map of the process, some milliseconds.
    """
    import sklearn.ensemble  # noqa: F401  (so that its pools, NumPy's and SciPy's are there)
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
