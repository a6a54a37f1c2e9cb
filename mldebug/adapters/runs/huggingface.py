"""Hugging Face's ``trainer_state.json``, in a checkpoint or in the folder of checkpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mldebug.adapters.runs.cells import log_of_records
from mldebug.adapters.runs.documents import companion, files_beside, head_of, json_at, name_of
from mldebug.adapters.runs.logged import Logged
from mldebug.adapters.runs.rows import runs_in
from mldebug.errors import InputError

RANK = 10
STATE = "trainer_state.json"
SETTINGS = (
    "max_steps",
    "num_train_epochs",
    "train_batch_size",
    "logging_steps",
    "eval_steps",
    "save_steps",
)


def recognises(path: Path) -> bool:
    """Whether it is a trainer's state, or a folder with one or with checkpoints that hold one."""
    if path.is_dir():
        return _state_in(path) is not None
    return path.suffix == ".json" and (path.name == STATE or b'"log_history"' in head_of(path))


def logged(path: Path) -> Iterator[Logged]:
    """The one run of the state; what the trainer tells after the last step is no point of a curve."""
    file = (_state_in(path) or path) if path.is_dir() else path
    state = json_at(file)
    history = state.get("log_history") if isinstance(state, Mapping) else None
    if not isinstance(history, list):
        raise InputError(f"--run: {file} has no list log_history, as a trainer's state has")
    entries = [one for one in history if isinstance(one, Mapping)]
    points = [one for one in entries if "train_runtime" not in one]
    config, remarks = _settings(file.parent, state)
    record = files_beside(file.parent) if file.name == STATE else {}
    if len(points) < len(entries) or _is_over(state):
        record["status"] = "finished"
    about = Logged(
        name_of(file) if path.is_file() else path.name or name_of(file),
        str(path),
        "Hugging Face Trainer",
        (),
        config,
        record,
        remarks=remarks,
    )
    yield from runs_in(log_of_records(points), about)


def _state_in(folder: Path) -> Path | None:
    """The state that a folder holds, else that of its last checkpoint, which has the whole history."""
    if (folder / STATE).is_file():
        return folder / STATE
    numbered = [
        (int(found[1]), one / STATE)
        for one in folder.iterdir()
        if (found := re.fullmatch(r"checkpoint-(\d{1,12})", one.name)) and (one / STATE).is_file()
    ]
    return max(numbered)[1] if numbered else None


def _settings(folder: Path, state: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The arguments of the trainer and of the model as far as files beside the state tell them."""
    found = {key: state[key] for key in SETTINGS if state.get(key) is not None}
    remarks: tuple[str, ...] = ()
    if isinstance(state.get("trial_params"), Mapping):
        found |= state["trial_params"]
    places = [folder, folder.parent] if folder.name.startswith("checkpoint-") else [folder]
    arguments = [place / name for name in ("training_args.json", "args.json") for place in places]
    told, more = companion(*arguments)
    found, remarks = {**found, **told}, more
    model, more = companion(*(place / "config.json" for place in places))
    if model:
        found["model"] = model
    return found, (*remarks, *more)


def _is_over(state: Mapping[str, Any]) -> bool:
    done, wanted = state.get("global_step"), state.get("max_steps")
    return isinstance(done, int) and isinstance(wanted, int) and 0 < wanted <= done
