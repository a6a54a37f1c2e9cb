"""The usual hyperparameters of each run, whatever its framework calls them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mldebug.artefacts import Run
from mldebug.checker import derived

NUMBERS: Mapping[str, str] = {
    "learning_rate": (
        "learning_rate lr learning_rate_init lr0 base_lr base_learning_rate init_lr initial_lr "
        "lr_init peak_lr max_lr lr_max opt_learning_rate eta eta0"
    ),
    "weight_decay": "weight_decay wd weight_decay_rate opt_weight_decay",
    "momentum": "momentum mom sgd_momentum opt_momentum",
    "warmup_steps": (
        "warmup_steps num_warmup_steps lr_warmup_steps n_warmup_steps warmup_iters warmup_iterations "
        "warmup_updates warmup_num_steps"
    ),
    "warmup_epochs": "warmup_epochs lr_warmup_epochs num_warmup_epochs",
    "warmup_share": "warmup_ratio warmup_fraction warmup_proportion pct_start",
    "patience": (
        "early_stopping_patience early_stop_patience es_patience patience early_stopping_rounds "
        "early_stopping_round early_stopping_epochs stopping_rounds od_wait early_stopping early_stop "
        "n_iter_no_change"
    ),
    "epochs": (
        "max_epochs num_train_epochs num_epochs n_epochs epochs max_epoch total_epochs train_epochs "
        "nb_epoch max_iter"
    ),
    "steps": (
        "max_steps total_steps num_train_steps num_training_steps train_steps num_steps max_iters "
        "max_iterations max_updates"
    ),
    "rounds": "num_boost_round n_estimators num_iterations num_rounds num_round nrounds iterations",
    "batch_size": (
        "batch_size per_device_train_batch_size train_batch_size batch minibatch_size bs "
        "train_micro_batch_size_per_gpu"
    ),
    "seed": (
        "seed random_state random_seed seed_everything rng_seed global_seed torch_seed data_seed"
    ),
}
TEXTS: Mapping[str, str] = {
    "optimizer": (
        "optimizer optim opt optimizer_name optimizer_type optimizer_target optimizer_class_name "
        "optimizer_class_path optimizer_class optim_target optim_name optim_type opt_name opt_func "
        "solver"
    ),
    "schedule": (
        "lr_scheduler_type lr_scheduler scheduler lr_schedule learning_rate_schedule schedule "
        "lr_policy sched scheduler_name scheduler_type scheduler_class_name scheduler_class_path "
        "scheduler_target lr_scheduler_name lr_scheduler_target lr_scheduler_class_path "
        "learning_rate_class_name learning_rate"
    ),
    "monitor": (
        "early_stopping_monitor monitor metric_for_best_model early_stopping_metric es_monitor "
        "monitor_metric"
    ),
    "goal": "early_stopping_mode monitor_mode mode",
}
SWITCHES: Mapping[str, str] = {
    "early_stopping": "early_stopping use_early_stopping early_stop do_early_stopping",
    "keep_best": (
        "restore_best_weights load_best_model_at_end restore_best load_best restore_best_model "
        "use_best_model keep_best save_best_only save_best save_best_model"
    ),
    "decoupled": (
        "decoupled_weight_decay decouple_wd adam_w_mode weight_decouple decoupled decoupled_decay"
    ),
    "greater_is_better": "greater_is_better",
}
"""The spellings of each setting, the surest first: the last part of a dotted name, or its last two."""
SCHEDULERS = re.compile(r"sched|plateau|reduce_lr|lr_")
OPTIMIZERS = re.compile(
    r"(?:^|[^a-z0-9])(?:paged_?)?(adamw|nadamw|nadam|radam|adamax|adam|sgdw|sgd|rmsprop|adagrad|adadelta"
    r"|adafactor|lion|lamb|lars|lbfgs|rprop|momentum)(?:_?(?:8|32)bit)?(?![a-z0-9])"
)
INSIDE = re.compile(
    r"\b(lr|learning_rate|weight_decay|momentum|decoupled_weight_decay)['\"]?\s*[:=]\s*([^\s,;)}]+)"
)
"""Settings within the text of an optimizer, as ``Adam (... lr: 0.001 weight_decay: 0.1)``."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One hyperparameter: what it is, the key that it came from, and the value as it was logged."""

    value: Any
    key: str
    told: Any


@dataclass(frozen=True, slots=True)
class RunSettings:
    """The hyperparameters of a run that are known by a usual name.

    Parameters
    ----------
    run : str
        The run's name.
    found : mapping of str to Setting
        By the names in `NUMBERS` (floats), `TEXTS` and `SWITCHES` (booleans); the optimizer is in
        lower case without its package (``adamw``), ``goal`` is ``lower`` or ``higher``. A length of
        0 or less means that there is no such limit and is left out. What was not logged is absent.
    """

    run: str
    found: Mapping[str, Setting]

    def __contains__(self, name: object) -> bool:
        return name in self.found

    def value(self, name: str) -> Any:
        """The value of a setting, or None."""
        held = self.found.get(name)
        return None if held is None else held.value

    def key(self, name: str) -> str:
        """The key that a setting came from; empty if it is not there."""
        held = self.found.get(name)
        return "" if held is None else held.key


@derived()
def run_settings(runs: tuple[Run, ...]) -> tuple[RunSettings, ...]:
    """The usual hyperparameters of every run. O(settings) a run."""
    return tuple(RunSettings(run.name, settings_in(run.config)) for run in runs)


def settings_in(config: Mapping[str, Any]) -> dict[str, Setting]:
    """The usual hyperparameters in a configuration of dotted names."""
    found: dict[str, Setting] = {}
    ranks: dict[str, tuple[int, int]] = {}
    for key, told in config.items():
        parts = _parts(key)
        for name, rank in _candidates(parts):
            value = _as(name, told)
            if value is None or not _belongs(name, parts, value, config):
                continue
            order = (rank, len(parts))
            if name not in found or order < ranks[name]:
                found[name], ranks[name] = Setting(value, key, told), order
    return _completed(found)


def _parts(key: str) -> list[str]:
    """The parts of a dotted name in snake case: ``trainer.maxEpochs`` is trainer, max_epochs."""
    told = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(key)[:200]).lower()
    parts = (re.sub(r"[^a-z0-9]+", "_", one).strip("_") for one in re.split(r"[./:]", told))
    return [one for one in parts if one] or [""]


def _candidates(parts: list[str]) -> Iterator[tuple[str, int]]:
    """The settings that these parts may name, each with how sure its spelling is; 0 is the surest."""
    for word in dict.fromkeys((parts[-1], "_".join(parts[-2:]))):
        yield from _MEANT.get(word, ())


def _spellings() -> dict[str, list[tuple[str, int]]]:
    meant: dict[str, list[tuple[str, int]]] = {}
    for names in (NUMBERS, TEXTS, SWITCHES):
        for name, told in names.items():
            for rank, word in enumerate(told.split()):
                meant.setdefault(word, []).append((name, rank))
    return meant


_MEANT = _spellings()


def _as(name: str, told: Any) -> Any:
    """A value of the kind that a setting has, or None."""
    if name in SWITCHES:
        return told if isinstance(told, bool) else None
    if name in NUMBERS:
        if isinstance(told, bool) or not isinstance(told, int | float | str):
            return None
        try:
            number = float(told)
        except ValueError:
            return None
        limits = name in ("epochs", "steps", "rounds", "batch_size", "patience", "learning_rate")
        return number if math.isfinite(number) and (number > 0 or not limits) else None
    if not isinstance(told, str) or not told.strip() or told.strip().lower() == "auto":
        return None
    if name == "optimizer":
        return optimizer_of(told)
    if name == "goal":
        return {"min": "lower", "max": "higher"}.get(told.strip().lower()[:3])
    return told.strip()


def _belongs(name: str, parts: list[str], value: Any, config: Mapping[str, Any]) -> bool:
    """Whether a setting by this name is what it seems, where it stands."""
    path, last = "_".join(parts), parts[-1]
    if name in ("patience", "monitor", "goal") and SCHEDULERS.search(path):
        return False
    if name in ("monitor", "goal") and "checkpoint" in path:
        return False
    if name in ("weight_decay", "learning_rate") and SCHEDULERS.search("_".join(parts[:-1])):
        return False
    if last == "solver":
        return value in ("adam", "sgd", "lbfgs") and "hidden_layer_sizes" in config
    if last == "n_iter_no_change":
        return config.get("early_stopping") is True
    if last == "max_iter":
        return "hidden_layer_sizes" in config
    return last != "iterations" or "depth" in config or "l2_leaf_reg" in config


def optimizer_of(told: str) -> str:
    """The name of an optimizer in lower case, out of ``torch.optim.AdamW``, ``adamw_torch`` ..."""
    lower = told[:2_000].lower().strip()
    name = lower.split("(")[0]
    # A prefix such as fused or deepspeed's makes it another optimizer, with rules of its own.
    if re.search(r"fused_?adam|cpu_?adam|onebit|zero_?one", name) and "torch_fused" not in name:
        return re.sub(r"[^a-z0-9]+", "_", name).strip("_")
    for text in (name, lower):
        known = OPTIMIZERS.search(text.replace("_", " "))
        if known:
            return known[1]
    return name[:40].strip()


def _completed(found: dict[str, Setting]) -> dict[str, Setting]:
    """With what the text of an optimizer holds, and with one sense for what is told in two ways."""
    optimizer = found.get("optimizer")
    if optimizer is not None:
        inside: dict[str, list[str]] = {}
        for name, told in INSIDE.findall(str(optimizer.told)):
            inside.setdefault({"lr": "learning_rate"}.get(name, name), []).append(told)
        for name, several in inside.items():
            if name == "decoupled_weight_decay":
                decoupled = several[0].lower() == "true"
                found.setdefault("decoupled", Setting(decoupled, optimizer.key, several[0]))
                continue
            numbers = [one for one in (_as(name, each) for each in several) if one is not None]
            if numbers:
                found.setdefault(name, Setting(max(numbers), optimizer.key, max(numbers)))
    greater = found.pop("greater_is_better", None)
    if greater is not None:
        goal = "higher" if greater.value else "lower"
        found.setdefault("goal", Setting(goal, greater.key, greater.told))
    if found.get("early_stopping", Setting(True, "", True)).value is False:
        found.pop("patience", None)
    return found
