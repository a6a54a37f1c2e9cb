"""Where the files beside the package lie: in a wheel, zipped or not, an sdist or a checkout."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal


def resource(folder: Literal["rules", "reports"]) -> Traversable:
    """The folder of rules or of report templates.

    A wheel carries both inside the package; in a checkout, installed in editable mode or not at
    all, they stand beside it.

    Raises
    ------
    FileNotFoundError
        The installation is incomplete.
    """
    package = files("mldebug")
    bundled = package / "_bundled" / folder
    if bundled.is_dir():
        return bundled
    beside = Path(str(package)).parent / folder
    if beside.is_dir():
        return beside
    raise FileNotFoundError(f"mldebug is installed without its folder {folder}; install it again")
