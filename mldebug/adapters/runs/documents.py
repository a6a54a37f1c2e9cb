"""Documents that others wrote beside a log, as JSON, YAML or TOML, and how files begin."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from mldebug.errors import InputError

HEAD = 1 << 16
LARGEST_JSON = 1 << 28
LARGEST_YAML = 1 << 22
MOST_YAML_VALUES = 200_000
"""Values of a YAML file with every alias written out; a few lines of aliases make billions."""
COMPRESSED = (".gz", ".bz2", ".zst")
PINNING = (
    "requirements.txt",
    "environment.yml",
    "environment.yaml",
    "conda.yaml",
    "python_env.yaml",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "pixi.lock",
    "pylock.toml",
    "Pipfile.lock",
)
"""Files that pin the environment of a run."""


def head_of(path: Path, size: int = HEAD) -> bytes:
    """The first bytes of a file, decompressed; none of what is no file or cannot be read."""
    try:
        if not path.is_file():
            return b""
        told = path.stat()
        return _head(path, size, told.st_mtime_ns, told.st_size)
    except (OSError, ValueError, EOFError):
        return b""


@lru_cache(maxsize=8)
def _head(path: Path, size: int, _changed: int, _length: int) -> bytes:
    """Several readers look at one head; the time of change keeps an old one from being told."""
    if path.suffix.lower() not in COMPRESSED:
        with path.open("rb") as file:
            return file.read(size)
    import pyarrow as pa

    with pa.input_stream(str(path), compression="detect") as stream:
        head: bytes = stream.read(size)
    return head


def text_of(path: Path, largest: int = LARGEST_JSON) -> str:
    """The text of a file.

    Raises
    ------
    InputError
        It is empty, too large, closed to this user, or not UTF-8.
    """
    try:
        size = path.stat().st_size
        if not size:
            raise InputError(f"--run: {path} is empty; a log of a run holds at least one point")
        if size > largest:
            raise InputError(
                f"--run: {path} has {size / 1e6:,.0f} MB; a document of this kind is read up to "
                f"{largest / 1e6:,.0f} MB"
            )
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise InputError(f"--run: {path} cannot be read: {why}") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"--run: {path} is not UTF-8 (byte {error.start:,}); save it as UTF-8"
        ) from None


def json_at(path: Path) -> Any:
    """What a JSON file holds; NaN and Infinity, which loggers write, are read.

    Raises
    ------
    InputError
        It cannot be read, or is cut off or no JSON.
    """
    text = text_of(path)
    try:
        return json.loads(text)
    except RecursionError:
        raise InputError(f"--run: {path} is nested too deeply to be a log of a run") from None
    except ValueError as error:
        where = getattr(error, "pos", 0)
        what = "is no JSON" if text.rstrip().endswith(("}", "]")) else "is cut off"
        line = text.count("\n", 0, where) + 1
        raise InputError(
            f"--run: {path} {what} at line {line:,}; copy the whole file or write it again"
        ) from None


def settings_at(path: Path, option: str = "--run-config") -> tuple[dict[str, Any], tuple[str, ...]]:
    """The settings that a JSON, YAML or TOML file holds, by its ending, and remarks.

    Raises
    ------
    InputError
        It cannot be read, or holds no settings by name.
    """
    ending = path.suffix.lower()
    remarks: tuple[str, ...] = ()
    try:
        if ending == ".json":
            held = json_at(path)
        elif ending in (".yaml", ".yml"):
            held, remarks = yaml_at(path)
        elif ending == ".toml":
            held = tomllib.loads(text_of(path))
        else:
            held = None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{option}: {path} is no TOML: {error}") from None
    except InputError as error:
        raise InputError(str(error).replace("--run:", f"{option}:", 1)) from None
    if not isinstance(held, Mapping):
        raise InputError(
            f"{option}: {path} must be a JSON, YAML or TOML file that holds settings by name, such "
            "as learning_rate: 0.001"
        )
    return {str(key): value for key, value in held.items()}, remarks


def companion(*paths: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The settings of the first of these files that is there; a remark where it cannot be read."""
    for path in paths:
        if path.is_file() and path.stat().st_size:
            try:
                return settings_at(path, "--run")
            except InputError as error:
                said = str(error).removeprefix("--run: ")
                return {}, (f"the settings of the run were not read: {said}",)
    return {}, ()


def files_beside(folder: Path) -> dict[str, Any]:
    """What the files of a run's folder tell its record: their names, and which pin the environment."""
    names = sorted(one.name for one in folder.iterdir() if not one.name.startswith("."))
    pinning = [name for name in names if name in PINNING]
    return {"artifacts": names, **({"environment": pinning} if pinning else {})}


def name_of(path: Path) -> str:
    """The name of the run that a file logs: its own, or its folder's where every log has that name."""
    stem = path.name
    for ending in (*COMPRESSED, *ENDINGS):
        stem = stem[: -len(ending)] if stem.lower().endswith(ending) else stem
    return path.parent.name if stem.lower() in COMMON and path.parent.name else stem or path.name


ENDINGS = (".csv", ".tsv", ".txt", ".log", ".jsonl", ".ndjson", ".json", ".parquet", ".pq")
_COMMON = (
    "metrics results result log logs history training train training_log train_log progress "
    "trainer_state evals_result eval_results scores summary"
)
COMMON = frozenset(_COMMON.split())
"""Names that a file has whatever run it logs."""


def yaml_at(path: Path) -> tuple[Any, tuple[str, ...]]:
    """What a YAML file holds; tags of Python objects are not followed but told in a remark.

    Raises
    ------
    InputError
        It cannot be read, is no YAML, or its aliases stand for too many values.
    """
    import yaml

    text = text_of(path, LARGEST_YAML)
    plain: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    tags: list[str] = []

    class Loader(plain):  # type: ignore[misc]
        """Reads what an unknown tag stands before as if the tag were not there."""

    def untagged(loader: Any, suffix: str, node: Any) -> Any:
        tags.append(suffix)
        if isinstance(node, yaml.MappingNode):
            return loader.construct_mapping(node, deep=True)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node, deep=True)
        # The value of an enumeration or the name of a function stands in the tag alone.
        return loader.construct_scalar(node) or suffix.rpartition(":")[2]

    Loader.add_multi_constructor("", untagged)
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        _require_few(node, path)
        held = None if node is None else loader.construct_document(node)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1:,}" if mark else ""
        raise InputError(f"--run: {path} is no YAML{where}; write it again") from None
    finally:
        loader.dispose()
    count = "a Python object" if len(tags) == 1 else f"{len(tags):,} Python objects"
    remark = f"{path} names {count}; no code is run, and the plain values in it are read"
    return held, (remark,) if tags else ()


def _require_few(root: Any, path: Path) -> None:
    """Refuse a document whose aliases stand for more values than a file of settings has."""
    sizes: dict[int, int] = {}
    waiting = [] if root is None else [(root, False)]
    open_now: set[int] = set()
    while waiting:
        node, done = waiting.pop()
        inside = list(_inside(node))
        if done:
            open_now.discard(id(node))
            sizes[id(node)] = 1 + sum(sizes[id(one)] for one in inside)
            if sizes[id(node)] > MOST_YAML_VALUES:
                raise InputError(
                    f"--run: the aliases of {path} stand for more than {MOST_YAML_VALUES:,} values; "
                    "write the settings out"
                )
        elif id(node) in open_now:
            raise InputError(f"--run: an alias of {path} stands within itself; write it out")
        elif id(node) not in sizes:
            open_now.add(id(node))
            waiting.append((node, True))
            waiting += [(one, False) for one in inside if id(one) not in sizes]


def _inside(node: Any) -> Iterator[Any]:
    if isinstance(node.value, list):
        for one in node.value:
            yield from one if isinstance(one, tuple) else (one,)
