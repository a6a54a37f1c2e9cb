import ctypes
import pathlib

import numpy as np
import pytest

from mldebug import arrays
from mldebug.errors import InputError

PACKAGE = pathlib.Path(arrays.__file__).parent


def test_only_arrays_names_cupy():
    named = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "cupy" in path.read_text("utf-8").lower()
    ]
    assert named == ["arrays.py"]


def test_arrays_of_each_library_come_to_the_host(library):
    values = np.linspace(-1.0, 2.0, 7)
    host = arrays.to_host(library.asarray(values))
    assert type(host) is np.ndarray
    assert host.tolist() == values.tolist()
    scalar = arrays.to_host(library.xp.sum(library.asarray(values)))
    assert scalar.shape == ()
    assert float(scalar) == pytest.approx(3.5)


def test_namespace_and_device_are_those_of_the_array(library):
    one = library.asarray(np.arange(3.0))
    assert arrays.namespace(one) is library.xp
    made = library.xp.zeros(2, device=arrays.device_of(one))
    assert arrays.device_of(made) == arrays.device_of(one)


def test_an_array_on_the_host_is_not_copied():
    values = np.arange(4)
    assert arrays.to_host(values) is values
    assert arrays.device("cpu").asarray(values) is values


def test_forbid_sync_sees_each_way_to_the_host(forbid_sync):
    strict = pytest.importorskip("array_api_strict")
    one, several = strict.asarray(1.0), strict.arange(3)
    for read in (float, bool, complex):
        with forbid_sync(), pytest.raises(AssertionError, match="device array"):
            read(one)
    with forbid_sync(), pytest.raises(AssertionError, match="device array"):
        list(several)
    assert float(one) == 1.0


def test_device_takes_the_option():
    assert arrays.device("cpu").name == "cpu"
    assert arrays.device("cpu").describe().startswith("cpu with NumPy")
    with pytest.raises(InputError, match="auto, cpu or cuda, not 'tpu'"):
        arrays.device("tpu")


@pytest.fixture
def asked_anew():
    arrays._why_no_cuda.cache_clear()
    yield
    arrays._why_no_cuda.cache_clear()


@pytest.mark.usefixtures("asked_anew")
def test_without_cupy_auto_is_the_cpu_and_cuda_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert arrays.device("auto").name == "cpu"
    assert "not installed" in arrays.device("auto").describe()
    with pytest.raises(InputError, match=r"pip install 'mldebug-toolkit\[gpu-cuda12\]'"):
        arrays.device("cuda")


@pytest.mark.usefixtures("asked_anew")
def test_without_a_driver_cupy_is_not_imported(monkeypatch):
    def no_library(_):
        raise OSError

    monkeypatch.setattr("importlib.util.find_spec", lambda _: object())
    monkeypatch.setattr(ctypes, "CDLL", no_library)
    with pytest.raises(InputError, match="no GPU driver"):
        arrays.device("cuda")


@pytest.mark.usefixtures("asked_anew")
def test_a_gpu_that_cannot_compile_is_a_failure_of_its_own(monkeypatch):
    class Broken:
        class cuda:  # noqa: N801
            is_available = staticmethod(lambda: True)

        float64 = float

        @staticmethod
        def arange(*_, **__):
            raise RuntimeError("libnvrtc.so.12 not found\nand more")

    monkeypatch.setattr("importlib.util.find_spec", lambda _: object())
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    monkeypatch.setitem(__import__("sys").modules, "cupy", Broken)
    with pytest.raises(InputError, match=r"\[ctk\]\): RuntimeError: libnvrtc.so.12 not found$"):
        arrays.device("cuda")


@pytest.mark.gpu
def test_a_gpu_is_described_and_computes():
    try:
        found = arrays.device("cuda")
    except InputError as error:
        pytest.skip(str(error))
    moved = found.asarray(np.arange(3.0))
    assert arrays.to_host(moved * 2).tolist() == [0.0, 2.0, 4.0]
    assert "CuPy" in found.describe()
