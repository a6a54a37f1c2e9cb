"""Make the virtual environments of the peers: ``python benchmarks/peers/setup.py [PEER]...``."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = ("deepchecks", "cleanlab", "skore", "evidently", "faiss")
ONLY_ON = {"deepchecks": "3.11"}
"""The one Python release that a peer runs on, where there is only one."""


def environment(peer: str) -> Path:
    """The folder of a peer's virtual environment."""
    return HERE / f".venv-{peer}"


def interpreter(peer: str) -> Path:
    """The Python of a peer's virtual environment; it need not exist."""
    folder = environment(peer)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _base_python(peer: str) -> str:
    """A Python that the peer runs on.

    Raises
    ------
    SystemExit
        None is installed.
    """
    wanted = ONLY_ON.get(peer)
    if wanted is None or wanted == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = shutil.which(f"python{wanted}")
    if found is None:
        raise SystemExit(f"{peer} needs Python {wanted}: put python{wanted} on the PATH")
    return found


def make(peer: str) -> Path:
    """Make a peer's virtual environment anew and return its Python."""
    folder = environment(peer)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([_base_python(peer), "-m", "venv", str(folder)], check=True)
    python = interpreter(peer)
    requirements = HERE / f"requirements-{peer}.txt"
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(requirements)],
        check=True,
    )
    return python


def main() -> None:
    """Make the environments that are named, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peers", nargs="*", metavar="PEER", help=f"of {', '.join(PEERS)}")
    for peer in parser.parse_args().peers or PEERS:
        if peer not in PEERS:
            parser.error(f"unknown peer {peer!r}: choose from {', '.join(PEERS)}")
        print(f"{peer}: {make(peer)}")


if __name__ == "__main__":
    main()
