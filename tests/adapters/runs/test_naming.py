"""What names say: a table of names as tools and people write them, and what a run's others add."""

from __future__ import annotations

import numpy as np
import pytest

from mldebug.adapters.runs.logged import Logged, Points
from mldebug.adapters.runs.naming import meaning, run_of
from mldebug.errors import InputError

NAMES = """
loss | loss | loss | - | lower
val_loss | loss | loss | eval | lower
val_accuracy | accuracy | score | eval | higher
val_acc | accuracy | score | eval | higher
val_sparse_categorical_accuracy | sparse_categorical_accuracy | score | eval | higher
lr | learning_rate | rate | - | -
learning_rate | learning_rate | rate | - | -
LearningRate | learning_rate | rate | - | -
train/learning_rate | learning_rate | rate | - | -
lr/pg0 | learning_rate_pg0 | rate | - | -
lr-AdamW | learning_rate_adamw | rate | - | -
val_mean_absolute_error | mae | score | eval | lower
mean_squared_error | mse | score | - | lower
eval_loss | loss | loss | eval | lower
eval_runtime | runtime | other | eval | -
eval_samples_per_second | samples_second | other | eval | -
grad_norm | gradient_norm | gradient | - | -
gnorm | gradient_norm | gradient | - | -
grad_2.0_norm_total | gradient_2_0_norm_total | gradient | - | -
total_flos | total_flos | other | - | -
eval_mean_token_accuracy | token_accuracy | score | eval | higher
rewards/chosen | reward_chosen | other | - | -
rewards/margins | reward_margins | other | - | -
train_loss_step | loss | loss | train | lower
train_loss_epoch | loss | loss | train | lower
train/box_loss | box_loss | loss | train | lower
val/dfl_loss | dfl_loss | loss | eval | lower
metrics/mAP50(B) | map50 | score | eval | higher
metrics/mAP50-95(B) | map50_95 | score | eval | higher
metrics/precision(B) | precision | score | eval | higher
valid_loss | loss | loss | eval | lower
error_rate | error | score | - | lower
time | time | other | - | -
eval_top1 | top1 | score | eval | higher
training_accuracy_score | accuracy | score | train | higher
training_log_loss | log_loss | loss | train | lower
training_roc_auc | auc | score | train | higher
training_score | score | score | train | higher
train/loss | loss | loss | train | lower
_runtime | runtime | other | - | -
system/gpu.0.memory | system_gpu_0_memory | other | - | -
system/cpu_utilization_percentage | system_cpu_utilization_percentage | other | - | -
total_loss | total_loss | loss | - | lower
loss_rpn_cls | loss_rpn_cls | loss | - | lower
fast_rcnn/cls_accuracy | fast_rcnn_cls_accuracy | score | - | higher
bbox/AP50 | bbox_ap50 | score | - | higher
data_time | time | other | - | -
eta_seconds | eta_seconds | other | - | -
coco/bbox_mAP_50 | coco_bbox_map_50 | score | - | higher
validation_0-logloss | log_loss | loss | eval | lower
train-rmse | rmse | score | train | lower
test-mlogloss | mlogloss | loss | test | lower
training-binary_logloss | binary_log_loss | loss | train | lower
valid_1-auc | auc | score | eval | higher
learn-Logloss | log_loss | loss | train | lower
rollout/ep_rew_mean | rollout_ep_reward | score | - | higher
rollout/ep_len_mean | rollout_ep_len | other | - | -
train/policy_gradient_loss | policy_gradient_loss | loss | train | -
train/value_loss | value_loss | loss | train | -
train/approx_kl | approx_kl | other | train | -
train/explained_variance | explained_variance | score | train | higher
time/fps | time_fps | other | - | -
loss_G | loss_g | loss | - | -
D_loss | d_loss | loss | - | -
val_wer | wer | score | eval | lower
val_word_error_rate | wer | score | eval | lower
val/cer | cer | score | eval | lower
val_per | phonemeerrorrate | score | eval | lower
val_bpb | bpb | loss | eval | lower
eval/perplexity | perplexity | loss | eval | lower
val_ppl | perplexity | loss | eval | lower
sacrebleu | sacrebleu | score | - | higher
eval_rougeL | rougel | score | eval | higher
exact_match | exact_match | score | - | higher
recall@10 | recall_10 | score | - | higher
Acc@1 | accuracy_1 | score | - | higher
mIoU | miou | score | - | higher
fid | fid | score | - | lower
lpips | lpips | score | - | lower
r2 | r2 | score | - | higher
neg_mean_squared_error | neg_mse | score | - | higher
log_likelihood | loglikelihood | score | - | higher
negative_log_likelihood | nll | loss | - | lower
val_nll | nll | loss | eval | lower
elbo | elbo | score | - | higher
loss_scale | loss_scale | other | - | -
weight_decay | weight_decay | other | - | -
tokens_per_sec | tokens_sec | other | - | -
best_val_loss | best_loss | other | eval | -
val_loss_std | loss_std | other | eval | -
valLoss | loss | loss | eval | lower
trainAcc | accuracy | score | train | higher
ValidationAccuracy | accuracy | score | eval | higher
Loss/train | loss | loss | train | lower
Accuracy/test | accuracy | score | test | higher
dev_f1 | f1 | score | eval | higher
Top-1 Error | top_1_error | score | - | lower
mean_average_precision | averageprecision | score | - | higher
CrossEntropyLoss | cross_entropy_loss | loss | - | lower
val_categorical_crossentropy | categorical_cross_entropy | loss | eval | lower
lm loss validation | lm_loss | loss | eval | lower
held-out loss | loss | loss | eval | lower
oob_score | score | score | eval | higher
success_rate | success | score | - | higher
sd_test | sd | other | test | -
val_brier_score | brier_score | score | eval | lower
Val ROC AUC | auc | score | eval | higher
Test Accuracy (%) | accuracy | score | test | higher
entropy | entropy | other | - | -
perf/mfu | perf_mfu | other | - | -
"""
ROWS = [tuple(cell.strip() for cell in line.split(" | ")) for line in NAMES.strip().splitlines()]


def run(*names, like=None):
    like = like or {}
    return run_of(
        Logged(
            "run",
            "here",
            "test",
            tuple(Points(name, np.arange(5.0), like=like.get(name)) for name in names),
        )
    )


def splits(*names):
    return [one.split for one in run(*names).series]


def test_there_are_enough_names():
    assert len({name for name, *_ in ROWS}) >= 80


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_name_says(row):
    name, metric, role, split, direction = (cell if cell != "-" else "" for cell in row)
    told = meaning(name)
    assert (told.metric, told.role, told.split, told.direction) == (metric, role, split, direction)


@pytest.mark.parametrize(
    "name", ["", "///", "損失", "<script>", "{value.__class__}", "9", "_", "per"]
)
def test_a_name_may_be_anything(name):
    assert isinstance(meaning(name).metric, str)


def test_a_bare_name_beside_its_twin_is_of_training():
    found = run("accuracy", "val_accuracy", "loss", "val_loss")
    assert [one.split for one in found.series] == ["train", "eval", "train", "eval"]
    assert len(found.remarks) == 2
    assert "'accuracy'" in found.remarks[0]
    assert "training data" in found.remarks[0]


def test_a_bare_score_beside_both_losses_was_evaluated():
    assert splits("train_loss", "valid_loss", "accuracy") == ["train", "eval", "eval"]


def test_a_bare_score_alone_stays_open():
    assert splits("accuracy", "lr") == ["", ""]


def test_a_bare_loss_is_not_a_second_one_of_training():
    assert splits("train/loss", "val/loss", "loss") == ["train", "eval", ""]


def test_of_several_numbered_sets_of_xgboost_the_first_is_of_training():
    found = run("validation_0-logloss", "validation_1-logloss")
    assert [one.split for one in found.series] == ["train", "eval"]
    assert "validation_0" in found.remarks[0]
    assert splits("validation_0-logloss") == ["eval"]


def test_the_numbered_sets_of_lightgbm_are_evaluation():
    assert splits("valid_0-l2", "valid_1-l2") == ["eval", "eval"]
    assert splits("training-l2", "valid_1-l2") == ["train", "eval"]


def test_losses_of_a_run_with_episodes_have_no_direction():
    found = run("train/loss", "rollout/ep_rew_mean")
    assert [one.direction for one in found.series] == ["", "higher"]
    assert "episodes" in found.remarks[0]


def test_preferences_are_no_episodes():
    assert [one.direction for one in run("loss", "rewards/margins").series] == ["lower", ""]


def test_a_reader_may_say_what_a_name_means():
    (series,) = run("train_score_", like={"train_score_": "train deviance"}).series
    assert (series.name, series.role, series.direction) == ("train_score_", "loss", "lower")


def test_columns_of_different_lengths_are_refused():
    points = (Points("loss", np.arange(3.0), np.arange(2)),)
    with pytest.raises(InputError, match="'loss' has 3 values and 2 steps"):
        run_of(Logged("run", "here", "test", points))
