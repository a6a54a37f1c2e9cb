"""The array libraries that every kernel is tried on, as fixtures; registered by conftest.py."""

from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from mldebug.arrays import device, to_host
from mldebug.errors import InputError

# What makes a host value of a device array, element by element or all at once
SYNCS = (
    "__array__",
    "__bool__",
    "__buffer__",
    "__complex__",
    "__dlpack__",
    "__float__",
    "__index__",
    "__int__",
    "__iter__",
)


@dataclass(frozen=True)
class Library:
    """An array library, and the device of it that arrays of a test stand on."""

    name: str
    xp: ModuleType
    device: Any = None

    def asarray(self, values):
        values = np.asarray(values)
        if self.name == "torch":
            return self.xp.asarray(np.array(values))
        return self.xp.asarray(values, device=self.device)


def _library(name):
    if name == "numpy":
        import array_api_compat.numpy as xp

        return Library(name, xp)
    if name == "torch":
        pytest.importorskip("torch")
        import array_api_compat.torch as xp

        return Library(name, xp)
    if name == "strict":
        xp = pytest.importorskip("array_api_strict")
        return Library(name, xp, xp.Device("device1"))
    try:
        return Library(name, device("cuda").xp)
    except InputError as error:
        pytest.skip(str(error))


LIBRARIES = ("numpy", "torch", "strict", pytest.param("cuda", marks=pytest.mark.gpu))


@pytest.fixture(params=LIBRARIES, scope="session")
def library(request):
    """Each array library in turn: NumPy, torch on the CPU, array-api-strict, CuPy."""
    return _library(request.param)


@contextmanager
def _forbidden():
    """Reading a strict array on the host raises, as a hidden transfer on a GPU would cost time."""
    if find_spec("array_api_strict") is None:
        yield
        return
    import array_api_strict

    strict = type(array_api_strict.asarray([0.0]))

    def refuse(name):
        def raising(*_, **__):
            raise AssertionError(f"a kernel called {name} on a device array")

        return raising

    kept = {name: getattr(strict, name) for name in SYNCS if name in vars(strict)}
    try:
        for name in kept:
            setattr(strict, name, refuse(name))
        yield
    finally:
        for name, method in kept.items():
            setattr(strict, name, method)


@pytest.fixture
def forbid_sync():
    """A context in which a kernel may not bring a device array to the host."""
    return _forbidden


@pytest.fixture
def on_device(library, forbid_sync):
    """Run a kernel on arrays of the library under `forbid_sync`; its results come as NumPy.

    NumPy arrays among the arguments (also in lists and tuples) are moved to the library first.
    """

    def moved(value):
        if isinstance(value, np.ndarray):
            return library.asarray(value)
        if isinstance(value, list | tuple):
            return type(value)(moved(one) for one in value)
        return value

    def run(kernel, *arguments, **named):
        arguments = [moved(one) for one in arguments]
        named = {name: moved(one) for name, one in named.items()}
        with forbid_sync():
            result = kernel(*arguments, **named)
        if isinstance(result, tuple):
            return tuple(to_host(one) for one in result)
        return to_host(result)

    return run
