"""The words that logged names are made of, and what each says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Split = Literal["train", "eval", "test", ""]

SPLITS: Mapping[str, Split] = {
    **dict.fromkeys(("train", "training", "trn", "tr", "learn", "fit"), "train"),
    **dict.fromkeys(
        ("val", "valid", "validation", "validate", "eval", "evaluation", "dev"), "eval"
    ),
    **dict.fromkeys(("holdout", "heldout", "oob", "cv"), "eval"),
    **dict.fromkeys(("test", "testing"), "test"),
}
ALIASES: Mapping[str, str] = {
    "acc": "accuracy",
    "accuracies": "accuracy",
    "lr": "learning_rate",
    "lrs": "learning_rate",
    "grad": "gradient",
    "grads": "gradient",
    "gradients": "gradient",
    "gnorm": "gradient_norm",
    "ppl": "perplexity",
    "losses": "loss",
    "rew": "reward",
    "rewards": "reward",
    "scores": "score",
    "err": "error",
    "crossentropy": "cross_entropy",
    "xent": "cross_entropy",
    "logloss": "log_loss",
    "auroc": "auc",
    "prec": "precision",
    "rec": "recall",
}
PHRASES: Mapping[str, str] = {
    "root mean squared error": "rmse",
    "root mean square error": "rmse",
    "mean squared log error": "msle",
    "mean squared error": "mse",
    "mean square error": "mse",
    "mean absolute percentage error": "mape",
    "mean absolute error": "mae",
    "median absolute error": "medae",
    "accuracy score": "accuracy",
    "f1 score": "f1",
    "f1score": "f1",
    "r2 score": "r2",
    "r squared": "r2",
    "roc auc score": "auc",
    "roc auc": "auc",
    "learning rate": "learning_rate",
    "learningrate": "learning_rate",
    "c index": "cindex",
    "held out": "heldout",
    "out of sample": "heldout",
    "in sample": "train",
    "bits per byte": "bpb",
    "bits per char": "bpc",
    "bits per character": "bpc",
    "bits per dim": "bpd",
    "bits per dimension": "bpd",
    "best so far": "best",
    "log likelihood": "loglikelihood",
    "log lik": "loglikelihood",
    "negative loglikelihood": "nll",
    "neg loglikelihood": "nll",
    "average precision": "averageprecision",
    "word error rate": "wer",
    "character error rate": "cer",
    "char error rate": "cer",
    "phoneme error rate": "phonemeerrorrate",
    "phone error rate": "phonemeerrorrate",
    "equal error rate": "eer",
}
"""Several words that say one thing; spoken of in one spelling."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


LOSSES = _set(
    "loss nll log_loss mlogloss cross_entropy perplexity deviance objective cost bce ce bpb bpc bpd "
    "hinge logcosh poisson elbo_loss binary_logloss multi_logloss softmax"
)
LOWER = _set(
    "mse rmse mae mape smape wape rmsle msle medae error merror wer cer ter eer fid kid lpips brier "
    "l1 l2 hamming crps pinball quantile phonemeerrorrate ece mce distance divergence hausdorff hd95 "
    "fpr fnr mindcf rmspe mase regret violation violations mel_distance ade fde mpjpe epe"
)
HIGHER = _set(
    "accuracy auc aucpr auprc prauc averageprecision roc f1 fbeta precision recall sensitivity "
    "specificity map map50 map75 map5095 ap ap50 ap75 ar r2 bleu sacrebleu chrf rouge rouge1 rouge2 "
    "rougel rougelsum meteor cider spice bertscore comet iou miou giou dice jaccard ndcg mrr mcc "
    "matthews kappa top1 top3 top5 top10 acc1 acc5 reward return psnr ssim sdr sisdr sisnr snr pesq "
    "stoi exact match em score hit hits spearman spearmanr pearson pearsonr kendall kendalltau "
    "correlation concordance cindex similarity explained variance_explained loglikelihood elbo gini "
    "tpr tnr win winrate success pass nmi ari silhouette purity mos uas las"
)
OTHER = _set(
    "runtime seconds second time duration samples sample steps tokens token speed throughput memory "
    "mem gpu cpu disk network rss vram power watts temp utilization utilisation epoch iteration iter "
    "count counts num size lambda momentum temperature beta1 beta2 flos flops mfu fps eta len length "
    "decay dropout kl clip fraction scale weight weights std sd sem stderr variance repeats best min "
    "max patience wait margin margins rejected entropy updates rank hours minutes examples progress "
    "total_flos batch cache ram fp fn tp tn quantity gap ratio timestep timesteps n uptime"
)
"""Words of quantities that have no better or worse, unless a word of quality stands beside them."""
ALWAYS_OTHER = _set(
    "runtime duration seconds second throughput utilization utilisation gpu cpu vram flos "
    "flops mfu fps std sd sem stderr best rejected chosen margin margins weight scale patience wait "
    "memory scaler decay repeats speed hours ema_decay gap uptime disk network"
)
"""Words that say so whatever stands beside them: the time of an evaluation, the scale of a loss."""
COUNTED = _set("samples tokens steps sequences examples images frames it batches iterations")
"""What a speed counts, in names such as ``tokens_per_second`` and ``samples/s``."""
WHERE = _set(
    "step epoch metrics metric mean avg average per b m at by the of on set dataset data rate "
    "running ema smoothed smooth value values epochs current torchmetrics"
)
"""Words that say how a point was averaged or where it was filed, not what was measured."""
CONTENDING = _set(
    "g d gen disc generator discriminator adv adversarial actor critic policy value entropy pg vf q qf "
    "qf1 qf2 q1 q2 td alpha da db ga gb fake real gan gangp wgan surrogate"
)
"""Parts of a game of two, or of learning by reward: such a loss need not fall."""
EPISODES = _set("rollout ep episode episodes episodic eprew")
