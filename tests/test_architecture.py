"""What holds of the code as a whole: its lint, its types, its layers, its sizes, its imports."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "mldebug"
HEAVY = {
    "numpy",
    "scipy",
    "pandas",
    "pyarrow",
    "sklearn",
    "matplotlib",
    "jinja2",
    "torch",
    "cupy",
    "shap",
    "statsmodels",
    "narwhals",
    "great_expectations",
    "array_api_compat",
    "yaml",
    "rich",
}


def run(*command, **options):
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600, **options
    )


@pytest.mark.parametrize("arguments", [["check", "."], ["format", "--check", "."]])
def test_ruff(arguments):
    done = run(sys.executable, "-m", "ruff", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_strict():
    done = run(sys.executable, "-m", "mypy")
    assert done.returncode == 0, done.stdout + done.stderr


def test_layers():
    done = run(Path(sys.executable).parent / "lint-imports")
    assert done.returncode == 0, done.stdout + done.stderr


def sources():
    return [path for path in PACKAGE.rglob("*.py") if "_bundled" not in path.parts]


def test_no_file_is_long():
    everything = [
        *sources(),
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "benchmarks").glob("**/*.py"),
    ]
    lines = {
        path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines())
        for path in everything
        if ".venv" not in str(path)
    }
    assert {path: count for path, count in lines.items() if count > 400} == {}


def test_names_say_what_is_in_a_file():
    vague = {"utils", "helpers", "common", "base", "manager", "misc"}
    assert [path for path in sources() if path.stem in vague] == []


def test_only_arrays_names_cupy():
    naming = {
        path.name
        for path in sources()
        if re.search(r"^\s*(import|from)\s+cupy", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert naming == {"arrays.py"}


def loaded_by(statement):
    """The top-level modules that a fresh interpreter has loaded after a statement."""
    code = (
        f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    )
    done = run(sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr
    return {name.split(".")[0] for name in done.stdout.split()}


def test_import_loads_nothing_heavy():
    assert loaded_by("import mldebug") & HEAVY == set()


def test_discovering_all_checkers_loads_nothing_heavy():
    loaded = loaded_by(
        "from mldebug.checker import checkers, derivations; assert checkers() and derivations()"
    )
    assert loaded & HEAVY == set()


def test_an_audit_of_a_parquet_file_that_fits_no_model_does_without_pandas(tmp_path):
    """Its import takes as long as the whole audit of a small table; scikit-learn brings it along."""
    numbers = [None if row % 7 == 0 else float(row * row % 1_009) for row in range(300)]
    words = [("amber", "basil", None)[row % 3] for row in range(300)]
    labels = [("no", "yes")[row % 2] for row in range(300)]
    table = pa.table({"x": numbers, "word": words, "y": labels})
    parquet.write_table(table, tmp_path / "train.parquet")
    loaded = loaded_by(
        "import mldebug; "
        "from mldebug.catalogue import rules; from mldebug.checker import quantities; "
        "made = {code: quantities()[one.judges][1] for code, one in rules().items()}; "
        "cheap = [code for code, one in made.items() if one.cost == 'cheap']; "
        f"path = {str(tmp_path / 'train.parquet')!r}; "
        "found = mldebug.audit(path, eval=0.3, target='y', select=cheap); "
        "assert all(one.state != 'failed' for one in found.outcomes.values())"
    )
    assert "numpy" in loaded
    assert "pandas" not in loaded


def test_import_opens_no_socket_and_starts_no_thread():
    code = (
        "import socket, threading\n"
        "def refuse(*a, **k): raise AssertionError('a socket')\n"
        "socket.socket = refuse\n"
        "import mldebug\n"
        "assert threading.active_count() == 1\n"
    )
    done = run(sys.executable, "-c", code)
    assert done.returncode == 0, done.stderr


def test_import_costs_under_50_ms():
    """Beyond Python's own start, in the interpreter's own account, the best of five."""
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    best = float("inf")
    for _ in range(5):
        done = run(sys.executable, "-X", "importtime", "-c", "import mldebug", env=environment)
        lines = [line for line in done.stderr.splitlines() if line.rstrip().endswith("| mldebug")]
        best = min(best, int(lines[-1].split("|")[1]) / 1000)
    assert best < 50
