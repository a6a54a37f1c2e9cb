"""Logs that Lightning, Keras, Hugging Face and the boosters themselves wrote, where installed."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mldebug.adapters.runs import runs
from tests.tracker_logs import assert_same, by_library, rows_of, simulated

LIGHTNING = """
from pytorch_lightning.loggers import CSVLogger
logger = CSVLogger('.', 'logs')
logger.log_hyperparams({'lr': 0.1, 'model': {'width': 64}})
for step, row in rows.items():
    logger.log_metrics(row, step)
logger.finalize('success')
"""
TRAINED = """
import torch, pytorch_lightning as lightning
from pytorch_lightning.loggers import CSVLogger
told = []
class Line(lightning.LightningModule):
    def __init__(self, lr=0.1):
        super().__init__()
        self.save_hyperparameters()
        self.line = torch.nn.Linear(3, 1)
    def _loss(self, batch):
        return ((self.line(batch[0]) - batch[1]) ** 2).mean()
    def training_step(self, batch, place):
        loss = self._loss(batch)
        told.append(float(loss))
        self.log('train_loss', loss, on_step=True, on_epoch=True)
        return loss
    def validation_step(self, batch, place):
        self.log('val_loss', self._loss(batch))
    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.hparams.lr)
torch.manual_seed(0)
x = torch.randn(64, 3)
data = torch.utils.data.TensorDataset(x, x.sum(1, keepdim=True))
batches = torch.utils.data.DataLoader(data, batch_size=8)
lightning.Trainer(max_epochs=3, logger=CSVLogger('.', 'logs'), log_every_n_steps=1,
    accelerator='cpu', enable_progress_bar=False, enable_model_summary=False,
    enable_checkpointing=False).fit(Line(), batches, batches)
json.dump(told, open('told.json', 'w'))
"""
KERAS = """
os.environ['KERAS_BACKEND'] = 'torch'
import keras, numpy
x = numpy.random.default_rng(0).normal(size=(64, 3)).astype('float32')
y = (x.sum(1) > 0).astype('float32')
model = keras.Sequential([keras.layers.Dense(1, activation='sigmoid')])
model.compile('sgd', 'binary_crossentropy', metrics=['accuracy'])
fitted = model.fit(x, y, validation_split=0.25, epochs=7, verbose=0,
    callbacks=[keras.callbacks.CSVLogger('training.csv')])
json.dump(fitted.history, open('history.json', 'w'))
from mldebug.adapters.runs import runs
(run,) = runs(fitted)
json.dump({one.name: one.values.tolist() for one in run.series}, open('told.json', 'w'))
"""
TRANSFORMERS = """
from transformers import TrainerState
history = [{'step': step, **row} for step, row in rows.items()]
TrainerState(log_history=history, global_step=9, max_steps=9).save_to_json('trainer_state.json')
"""
BOOSTERS = """
import numpy
rng = numpy.random.default_rng(0)
x = rng.normal(size=(300, 4))
y = (x[:, 0] + rng.normal(size=300) > 0).astype(int)
held = {}
"""
XGBOOST = """
import xgboost
sets = [(xgboost.DMatrix(x[:200], y[:200]), 'train'), (xgboost.DMatrix(x[200:], y[200:]), 'eval')]
settings = {'objective': 'binary:logistic', 'eval_metric': ['auc', 'logloss']}
xgboost.train(settings, sets[0][0], 20, evals=sets, evals_result=held, verbose_eval=False)
json.dump(held, open('evals_result.json', 'w'))
"""
LIGHTGBM = """
import lightgbm
train = lightgbm.Dataset(x[:200], y[:200])
sets = [train, lightgbm.Dataset(x[200:], y[200:], reference=train)]
settings = {'objective': 'binary', 'metric': ['auc', 'binary_logloss'], 'verbose': -1}
lightgbm.train(settings, train, 20, valid_sets=sets, valid_names=['train', 'eval'],
    callbacks=[lightgbm.record_evaluation(held)])
json.dump(held, open('evals_result.json', 'w'))
"""


def test_the_logger_of_lightning_gives_the_run(tmp_path):
    run = simulated()
    by_library("pytorch_lightning", LIGHTNING, tmp_path, rows_of(run))
    (read,) = runs(tmp_path / "logs")
    assert_same(read, run)
    assert (read.name, read.tracker) == ("version_0", "Lightning CSVLogger")
    assert read.config == {"lr": 0.1, "model.width": 64}


def test_a_model_that_lightning_trained(tmp_path):
    by_library("pytorch_lightning", TRAINED, tmp_path)
    (read,) = runs(tmp_path)
    found = {one.name: one for one in read.series}
    told = json.loads((tmp_path / "told.json").read_text())
    np.testing.assert_allclose(found["train_loss_step"].values, told, rtol=1e-6)
    assert found["train_loss_step"].steps.tolist() == list(range(24))
    assert (
        found["val_loss"].steps.tolist() == found["train_loss_epoch"].steps.tolist() == [7, 15, 23]
    )
    assert found["val_loss"].epochs.tolist() == [0, 1, 2]
    assert read.config == {"lr": 0.1}


def test_the_file_the_json_and_the_object_of_keras_are_one_run(tmp_path):
    by_library("keras", KERAS, tmp_path)
    told = json.loads((tmp_path / "told.json").read_text())
    assert told.keys() == {"loss", "accuracy", "val_loss", "val_accuracy"}
    for name in ("training.csv", "history.json"):
        (read,) = runs(tmp_path / name)
        assert read.tracker == "Keras"
        assert read.series[0].steps.tolist() == list(range(7))
        assert {one.name: one.values.tolist() for one in read.series} == told
        splits = {one.name: one.split for one in read.series}
        assert splits["loss"] == splits["accuracy"] == "train"
        assert splits["val_loss"] == splits["val_accuracy"] == "eval"


def test_the_state_that_hugging_face_saves_gives_the_run(tmp_path):
    run = simulated()
    by_library("transformers", TRANSFORMERS, tmp_path, rows_of(run))
    (read,) = runs(tmp_path)
    assert_same(read, run)
    assert (read.tracker, read.record["status"]) == ("Hugging Face Trainer", "finished")


@pytest.mark.parametrize(
    ("library", "script", "loss"),
    [("xgboost", XGBOOST, "logloss"), ("lightgbm", LIGHTGBM, "binary_logloss")],
)
def test_what_a_booster_evaluated(tmp_path, library, script, loss):
    by_library(library, BOOSTERS + script, tmp_path)
    held = json.loads((tmp_path / "evals_result.json").read_text())
    (read,) = runs(tmp_path)
    told = {(one.split, one.role, one.direction): one.values.tolist() for one in read.series}
    assert told == {
        (split, *kind): held[split][metric]
        for split in ("train", "eval")
        for metric, kind in {loss: ("loss", "lower"), "auc": ("score", "higher")}.items()
    }
