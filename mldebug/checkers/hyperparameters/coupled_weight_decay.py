"""Weight decay that goes through Adam's scaling: an L2 penalty in place of a decay of the weights."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mldebug.artefacts import Run
from mldebug.checker import Unavailable, checker
from mldebug.derive.run_settings import RunSettings
from mldebug.measurement import Measurement, Quantity, Subject

ADAPTIVE = frozenset(("adam", "nadam", "radam", "adamax"))
DECOUPLES = re.compile(
    # Keras decays the weights themselves in every optimizer; so do fastai and DeepSpeed by default.
    r"(^|\.)(jit_compile|opt_jit_compile|opt_clipnorm|use_ema|ema_momentum|opt_func)$"
    r"|^optimizer\.(config|params)\."
)
DEFAULT_BATCH = 200.0
"""scikit-learn's batch: 200 rows, or all of a smaller table."""
COUPLED_DECAY = Quantity(
    name="hyperparameters.coupled_weight_decay",
    unit="decay",
    bounds=(0.0, None),
    kind="count",
    meaning=(
        "The factor by which the weights are added to the gradient that Adam (or NAdam, RAdam, Adamax) "
        "then divides by its root mean square; 0 for other optimizers, where the decay is decoupled "
        "from the gradient, and in frameworks that decouple it by themselves (Keras, fastai, "
        "DeepSpeed). In scikit-learn's networks it is alpha over the rows of a batch."
    ),
    source="Loshchilov & Hutter 2019",
    details={
        "optimizer": "its name in lower case",
        "key": "the setting that asks for the decay",
        "form": "'gradient', or 'loss' in scikit-learn, which has no other way",
    },
)


@checker(COUPLED_DECAY)
def coupled_weight_decay(
    runs: tuple[Run, ...], run_settings: tuple[RunSettings, ...]
) -> Iterator[Measurement]:
    """The decay that each run's optimizer rescales."""
    known = [
        (run, settings)
        for run, settings in zip(runs, run_settings, strict=True)
        if settings.value("optimizer")
    ]
    if not known:
        raise Unavailable("the configuration of no run names its optimizer")
    for run, settings in known:
        optimizer = settings.value("optimizer")
        form, key, decay = "gradient", settings.key("weight_decay"), settings.value("weight_decay")
        if "hidden_layer_sizes" in run.config:
            form, key, decay = "loss", "alpha", _of_sklearn(run.config, settings)
        if optimizer not in ADAPTIVE or (form == "gradient" and _decoupled(run, settings)):
            decay = 0.0
        yield Measurement(
            COUPLED_DECAY.name,
            Subject(run=run.name),
            max(float(decay or 0.0), 0.0),
            len(run.config),
            details={"optimizer": optimizer, "key": key, "form": form},
        )


def _of_sklearn(config: Mapping[str, Any], settings: RunSettings) -> float:
    alpha = config.get("alpha")
    known = isinstance(alpha, int | float) and not isinstance(alpha, bool)
    return float(alpha or 0.0) / (settings.value("batch_size") or DEFAULT_BATCH) if known else 0.0


def _decoupled(run: Run, settings: RunSettings) -> bool:
    """Whether the decay passes Adam by, as far as the configuration or the framework tells."""
    told = settings.value("decoupled")
    if told is not None:
        return bool(told)
    return run.tracker == "Keras" or any(DECOUPLES.search(name) for name in run.config)
