"""Arrays of any library: where they are, the functions for them, and the way to the host.

This is the only file that names CuPy. A kernel never converts: it takes the namespace of what it is
given, and its caller brings the few numbers that it returns to the host, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from mldebug.errors import InputError

if TYPE_CHECKING:
    import numpy as np

DeviceOption = Literal["auto", "cpu", "cuda"]


@dataclass(frozen=True, slots=True)
class Device:
    """Where kernels compute.

    Parameters
    ----------
    name : {"cpu", "cuda"}
        The kind of device.
    reason : str
        Why it is this one, as a person should read it.
    """

    name: Literal["cpu", "cuda"]
    reason: str = ""

    @property
    def xp(self) -> Any:
        """The array namespace of this device: NumPy's or CuPy's, as the Array API has it."""
        if self.name == "cuda":
            import array_api_compat.cupy as xp
        else:
            import array_api_compat.numpy as xp
        return xp

    def asarray(self, values: np.ndarray) -> Any:
        """A NumPy array as an array on this device; on the CPU it is that array itself."""
        return self.xp.asarray(values)

    def describe(self) -> str:
        """One line for ``mldebug doctor``."""
        if self.name == "cpu":
            import numpy as np

            what = f"cpu with NumPy {np.__version__}"
        else:
            import cupy

            properties = cupy.cuda.runtime.getDeviceProperties(cupy.cuda.Device().id)
            model = properties["name"].decode()
            gigabytes = properties["totalGlobalMem"] / 2**30
            what = f"cuda with CuPy {cupy.__version__} on {model}, {gigabytes:.0f} GiB"
        return f"{what} ({self.reason})" if self.reason else what


@cache
def _why_no_cuda() -> str:
    """Why kernels cannot compute on a GPU; empty if they can. Asked once per process.

    The order is that of growing cost: the package, the driver, a device, a compiled product. Each
    is a failure of its own, with its own remedy, and without a driver CuPy is never imported.
    """
    from importlib.util import find_spec

    if find_spec("cupy") is None:
        return "CuPy is not installed: pip install 'mldebug-toolkit[gpu-cuda12]' or [gpu-cuda13]"
    if not _driver_loads():
        return "CuPy is installed, but there is no GPU driver (libcuda.so.1) on this machine"
    try:
        import cupy
    except Exception as error:  # noqa: BLE001 - a broken installation fails in many ways
        return f"CuPy is installed, but importing it fails: {_first_line(error)}"
    try:
        if not cupy.cuda.is_available():
            return "there is a GPU driver, but no device is visible: see CUDA_VISIBLE_DEVICES"
        product = cupy.arange(4, dtype=cupy.float64) * 3.0
        if cupy.asnumpy(product).tolist() != [0.0, 3.0, 6.0, 9.0]:
            return "the GPU computes a wrong product"
    except Exception as error:  # noqa: BLE001 - compiler, driver and memory raise their own types
        return (
            "a GPU is visible, but a first product on it fails, so the CUDA toolkit wheels may be "
            f"missing (install CuPy with [ctk]): {_first_line(error)}"
        )
    return ""


def _driver_loads() -> bool:
    """Whether the library of a GPU's driver can be loaded: NVIDIA's, or AMD's under ROCm."""
    import ctypes

    for library in ("libcuda.so.1", "nvcuda.dll", "libamdhip64.so"):
        try:
            ctypes.CDLL(library)
        except OSError:
            continue
        return True
    return False


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__


def device(option: DeviceOption = "auto") -> Device:
    """The device that an option asks for.

    Parameters
    ----------
    option : {"auto", "cpu", "cuda"}
        ``auto`` takes a GPU where one works, and the CPU otherwise.

    Returns
    -------
    Device
        Its ``reason`` says why ``auto`` chose it.

    Raises
    ------
    InputError
        ``cuda`` where no GPU can be used, with what is missing; or an unknown option.
    """
    if option == "cpu":
        return Device("cpu")
    if option not in ("auto", "cuda"):
        raise InputError(f"--device is auto, cpu or cuda, not {option!r}")
    missing = _why_no_cuda()
    if not missing:
        return Device("cuda")
    if option == "cuda":
        raise InputError(f"--device cuda cannot be used here, use cpu or auto: {missing}")
    return Device("cpu", missing)


def namespace(*arrays: Any) -> Any:
    """The Array API namespace that all these arrays belong to."""
    import array_api_compat

    return array_api_compat.array_namespace(*arrays)


def device_of(array: Any) -> Any:
    """The device of an array, in its own library's terms, for functions that create arrays."""
    import array_api_compat

    return array_api_compat.device(array)


def to_host(array: Any) -> np.ndarray:
    """An array of any library as a NumPy array; one that is on the host already is not copied."""
    import array_api_compat
    import numpy as np

    if isinstance(array, np.ndarray | np.generic):
        return np.asarray(array)
    if array_api_compat.is_cupy_array(array):
        return array.get()  # type: ignore[no-any-return]
    if array_api_compat.is_torch_array(array):
        return array.detach().cpu().numpy()  # type: ignore[no-any-return]
    if hasattr(array, "__array_namespace__"):
        xp = array.__array_namespace__()
        if array_api_compat.is_array_api_strict_namespace(xp):
            array = array.to_device(xp.Device("CPU_DEVICE"))
    return np.asarray(array)
