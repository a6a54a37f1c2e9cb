"""The usual hyperparameters are read from the configurations that frameworks really write."""

from __future__ import annotations

import pytest

from mldebug.adapters.runs.settings import flattened
from mldebug.derive.run_settings import optimizer_of, settings_in

TORCH_ADAM = """Adam (
Parameter Group 0
    amsgrad: False
    betas: (0.9, 0.999)
    decoupled_weight_decay: False
    eps: 1e-08
    lr: 0.003
    weight_decay: 0

Parameter Group 1
    lr: 0.0003
    weight_decay: 0.1
)"""
CONFIGS = {
    "hugging face": (
        {
            "learning_rate": 2e-5,
            "optim": "adamw_torch",
            "adam_beta1": 0.9,
            "weight_decay": 0.01,
            "lr_scheduler_type": "linear",
            "warmup_steps": 0,
            "warmup_ratio": 0.06,
            "num_train_epochs": 3.0,
            "max_steps": -1,
            "per_device_train_batch_size": 16,
            "per_device_eval_batch_size": 64,
            "seed": 42,
            "data_seed": 7,
            "load_best_model_at_end": True,
            "metric_for_best_model": "f1",
            "greater_is_better": True,
            "early_stopping_patience": 3,
        },
        {
            "learning_rate": 2e-5,
            "optimizer": "adamw",
            "weight_decay": 0.01,
            "schedule": "linear",
            "warmup_steps": 0,
            "warmup_share": 0.06,
            "epochs": 3,
            "batch_size": 16,
            "seed": 42,
            "keep_best": True,
            "monitor": "f1",
            "goal": "higher",
            "patience": 3,
        },
    ),
    "lightning command line": (
        {
            "seed_everything": 1,
            "trainer": {"max_epochs": 50, "max_steps": -1},
            "model": {"hidden": 64},
            "optimizer": {
                "class_path": "torch.optim.Adam",
                "init_args": {"lr": 0.001, "weight_decay": 0.0001},
            },
            "lr_scheduler": {
                "class_path": "torch.optim.lr_scheduler.ReduceLROnPlateau",
                "init_args": {"patience": 4, "mode": "min", "monitor": "train_loss"},
            },
            "early_stopping": {"monitor": "val_loss", "patience": 10, "mode": "min"},
        },
        {
            "seed": 1,
            "epochs": 50,
            "optimizer": "adam",
            "learning_rate": 0.001,
            "weight_decay": 0.0001,
            "schedule": "torch.optim.lr_scheduler.ReduceLROnPlateau",
            "monitor": "val_loss",
            "patience": 10,
            "goal": "lower",
        },
    ),
    "keras optimizer": (
        {
            "optimizer": {
                "module": "keras.optimizers",
                "class_name": "Adam",
                "config": {"learning_rate": 0.001, "weight_decay": 0.004, "beta_1": 0.9},
            },
            "epochs": 20,
            "batch_size": 32,
            "EarlyStopping": {"monitor": "val_loss", "patience": 5, "restore_best_weights": False},
        },
        {
            "optimizer": "adam",
            "learning_rate": 0.001,
            "weight_decay": 0.004,
            "epochs": 20,
            "batch_size": 32,
            "monitor": "val_loss",
            "patience": 5,
            "keep_best": False,
        },
    ),
    "xgboost": (
        {"eta": "0.3", "num_boost_round": 200, "early_stopping_rounds": 10, "seed": 0},
        {"learning_rate": 0.3, "rounds": 200, "patience": 10, "seed": 0},
    ),
    "lightgbm": (
        {"learning_rate": 0.05, "n_estimators": 500, "early_stopping_round": 50, "random_state": 3},
        {"learning_rate": 0.05, "rounds": 500, "patience": 50, "seed": 3},
    ),
    "catboost": (
        {"iterations": 900, "depth": 6, "od_wait": 20, "use_best_model": True},
        {"rounds": 900, "patience": 20, "keep_best": True},
    ),
    "scikit-learn network": (
        {
            "hidden_layer_sizes": "[100]",
            "solver": "adam",
            "alpha": 0.0001,
            "batch_size": "auto",
            "learning_rate": "constant",
            "learning_rate_init": 0.001,
            "max_iter": 200,
            "momentum": 0.9,
            "early_stopping": False,
            "n_iter_no_change": 10,
            "random_state": None,
        },
        {
            "optimizer": "adam",
            "schedule": "constant",
            "learning_rate": 0.001,
            "epochs": 200,
            "momentum": 0.9,
            "early_stopping": False,
        },
    ),
    "scikit-learn linear": ({"solver": "lbfgs", "max_iter": 100, "C": 1.0}, {}),
    "yolo": (
        {
            "epochs": 100,
            "patience": 50,
            "batch": 16,
            "optimizer": "auto",
            "lr0": 0.01,
            "lrf": 0.01,
            "momentum": 0.937,
            "weight_decay": 0.0005,
            "warmup_epochs": 3.0,
            "warmup_momentum": 0.8,
            "seed": 0,
        },
        {
            "epochs": 100,
            "patience": 50,
            "batch_size": 16,
            "learning_rate": 0.01,
            "momentum": 0.937,
            "weight_decay": 0.0005,
            "warmup_epochs": 3,
            "seed": 0,
        },
    ),
    "torch's text": (
        {"optimizer": TORCH_ADAM},
        {"optimizer": "adam", "learning_rate": 0.003, "weight_decay": 0.1, "decoupled": False},
    ),
    "hydra": (
        {
            "optim": {"_target_": "torch.optim.SGD", "lr": 0.1, "momentum": 0.9},
            "trainer.maxSteps": 900,
        },
        {"optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9, "steps": 900},
    ),
    "timm": (
        {"opt": "adamw", "lr": 0.0005, "sched": "cosine", "warmup_epochs": 5, "batch-size": 128},
        {
            "optimizer": "adamw",
            "learning_rate": 0.0005,
            "schedule": "cosine",
            "warmup_epochs": 5,
            "batch_size": 128,
        },
    ),
    "nothing": ({"model": "resnet", "lr": "high", "patience": True, "": 3, "seed": None}, {}),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_what_frameworks_write(name):
    config, expected = CONFIGS[name]
    found = settings_in(flattened(config))
    assert {key: one.value for key, one in found.items()} == pytest.approx(expected)


def test_the_key_is_kept():
    found = settings_in({"optimizer.init_args.lr": 0.1, "deep.er.lr": 0.2})
    assert (found["learning_rate"].key, found["learning_rate"].told) == (
        "optimizer.init_args.lr",
        0.1,
    )


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("torch.optim.AdamW", "adamw"),
        ("<class 'torch.optim.adam.Adam'>", "adam"),
        ("OptimizerNames.ADAMW_TORCH_FUSED", "adamw"),
        ("paged_adamw_32bit", "adamw"),
        ("bitsandbytes.optim.AdamW8bit", "adamw"),
        ("functools.partial(<class 'torch.optim.adam.Adam'>, betas=(0.9, 0.99))", "adam"),
        ("tf.keras.optimizers.legacy.Adam", "adam"),
        ("SGD", "sgd"),
        ("Lion", "lion"),
        ("NAdam", "nadam"),
        ("FusedAdam", "fusedadam"),
        ("DeepSpeedCPUAdam", "deepspeedcpuadam"),
        ("my Optimizer", "my optimizer"),
    ],
)
def test_the_names_of_optimizers(told, name):
    assert optimizer_of(told) == name
