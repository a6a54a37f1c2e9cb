"""The section of the runs: what was logged, the overlay, the checklist, and how small it stays."""

import re
import time

import pytest

import mldebug
from mldebug.render import words
from mldebug.render.html import page
from mldebug.render.runs import anchor_of, overlay, runs_of, taken_for
from mldebug.render.text import summary
from mldebug.render.view import view
from tests.render.sample import typical
from tests.render.sample_runs import (
    RUN_SAMPLES,
    clean_run,
    curves,
    many_runs,
    one_run,
    run,
    runs_and_tables,
    series,
)


def section(told):
    return re.search(r'<section id="runs".*?</section>', told, re.DOTALL)[0]


def text_of(told):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", told))


def test_without_runs_there_is_no_section():
    assert runs_of(typical(), []) is None
    assert 'id="runs"' not in page(typical())


def test_one_run_tells_what_each_series_was_taken_for():
    told = text_of(section(page(one_run())))
    assert "The run" in told
    assert "run-7 , read as MLflow from experiments/mlruns/0/run-7" in told
    assert "val/loss loss of evaluation, lower is better 80 points" in told
    assert "gpu_memory not one that is judged 400 points" in told
    assert "Configuration (4 settings)" in told
    assert "lr 0.0003" in told


def test_a_run_is_linked_from_its_findings_and_back():
    told = page(one_run())
    assert f'<a href="#{anchor_of("run-7")}">the run</a>' in told
    assert re.search(r'<a href="#FT801-[^"]+">FT801</a>', section(told))


def test_the_curves_of_a_run_are_shown_though_nothing_was_found():
    told = section(page(clean_run()))
    assert told.count("<svg") == 1
    assert "Training and evaluation level out together" in told


def test_the_overview_bears_the_marks_of_every_finding():
    document = one_run()
    second = dict(document["measurements"][0])
    second["figure"] = {**curves(), "marks": [{"x": 700.0, "label": "a spike"}]}
    second["quantity"] = "fit.loss_spikes"
    found = dict(document["findings"][0], quantity="fit.loss_spikes", id="FT815:x", code="FT815")
    document["findings"].append(found)
    document["measurements"].append(second)
    told = section(page(document))
    assert "best level of evaluation" in told
    assert "a spike" in told


def test_several_runs_are_overlaid_the_best_first_and_differ_in_settings():
    told = view(runs_and_tables())["runs"]
    assert told.overlay.title == "lr-3e-3 ends with the best evaluation loss: 0.823"
    assert told.settings == ("lr",)
    assert [one.differing for one in told.listed[:2]] == [("0.01",), ("0.003",)]
    drawn = [bool(one.drawing) for one in told.listed]
    assert drawn == [False, True, True, True, True]  # the first stands at its finding


def test_a_score_is_best_where_it_is_highest():
    runs = [run("a"), run("b")]
    figures = {
        "a": [("q", scores(0.6))],
        "b": [("q", scores(0.8))],
    }
    assert overlay(runs, figures)["title"] == "b ends with the best evaluation accuracy: 0.8"


def scores(end):
    told = {"name": "val/accuracy", "x": [0, 1], "y": [0.1, end], "style": "trend"}
    told |= {"split": "eval", "better": "higher"}
    return {"kind": "curves", "x": "step", "y": "accuracy", "lines": [told]}


def test_what_is_not_comparable_is_not_overlaid():
    other = scores(0.5)
    other["y"] = "recall"
    assert overlay([run("a"), run("b")], {"a": [("q", scores(0.6))], "b": [("q", other)]}) is None
    unknown = scores(0.5)
    unknown["lines"][0]["better"] = ""
    assert overlay([run("a"), run("b")], {"a": [("q", unknown)], "b": [("q", unknown)]}) is None


def test_the_checklist_has_ticks_and_words():
    told = text_of(section(page(one_run())))
    assert "What the record holds" in told
    assert "✗ missing" in told
    assert "✓ recorded" in told
    assert "missing in some or all" in text_of(section(page(runs_and_tables())))


def test_two_hundred_runs_are_folded_small_and_quick():
    document = many_runs()
    start = time.process_time()
    told = page(document)
    assert time.process_time() - start < 8
    assert len(told.encode()) < 600_000
    runs = view(document)["runs"]
    assert (len(runs.listed), len(runs.further)) == (12, 188)
    assert "188 further runs" in told
    assert told.count('class="run"') == 12
    assert "Why it matters, what to do" in told
    assert "to keep this page small" in told


@pytest.mark.parametrize("sample", RUN_SAMPLES)
def test_the_verdict_and_the_line_above_it(sample):
    document = RUN_SAMPLES[sample]()
    told = page(document)
    top = text_of(re.search(r'<p class="audited">.*?</p>', told, re.DOTALL)[0])
    tables = bool(document["provenance"]["tables"])
    assert ("rows ×" in top) == tables
    assert "series," in top
    assert "None" not in top


def test_a_clean_verdict_is_on_what_was_audited():
    document = clean_run()
    assert words.verdict(document) == (
        "Nothing was found that speaks against this run; 11 rules passed.",
        "",
    )
    document["provenance"]["runs"] *= 3
    assert "against these 3 runs;" in words.verdict(document)[0]
    document["provenance"]["tables"] = typical()["provenance"]["tables"]
    assert "training on these data or against these 3 runs;" in words.verdict(document)[0]
    assert summary(clean_run()).startswith("Nothing was found that speaks against this run; ")


def test_sources_of_several_runs_are_told_by_what_they_share():
    runs = [run("a"), run("b")]
    assert words.source_of(runs) == "experiments/mlruns/0"
    assert words.source_of(runs[:1]) == "experiments/mlruns/0/a"
    assert words.source_of([{"source": "x.csv"}, {"source": "y.csv"}]) == "x.csv and 1 more"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (series("a", "a", "loss", "train", "lower"), "loss of training, lower is better"),
        (series("a", "a", "score", "test", "higher"), "score of test, higher is better"),
        (series("a", "a", "score", "", ""), "score"),
        (series("a", "a", "rate", "", "lower"), "learning rate"),
    ],
)
def test_what_a_series_was_taken_for(given, told):
    assert taken_for(given) == told


def test_a_real_audit_of_runs_becomes_a_page():
    falls = [2.0 / (1 + 0.05 * place) for place in range(200)]
    turns = [one + 0.02 * max(0, place - 60) for place, one in enumerate(falls)]
    diagnosis = mldebug.audit(run={"loss": falls, "val_loss": turns})
    told = page(diagnosis.to_dict())
    assert "The run" in told
    assert 'class="curve eval"' in section(told)
    assert "rows ×" not in text_of(told.split("<h1>")[0])
