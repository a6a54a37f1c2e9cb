"""DA124 inexact-numbers: found where storing damaged values, silent where they are merely large."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mldebug.adapters.tables import tables
from tests.audits import audited, by_column, measured, only, reason
from tests.tables import BUILDERS, Case, base, names_of_places

CODE = "DA124"
TOWNS = ("São Paulo", "Zürich", "Málaga", "Łódź", "Kraków", "L’Aquila", "Москва", "£ 1 Street")
SEQUENCES = ("Ã©", "Â£", "â€™", "Ã¼", "ï»¿a", "\ufffd", "ÐœÐ¾Ðµ", "Ã\x89", "â€œ")


def damaged(word: str, encoding: str = "cp1252") -> str:
    """What a UTF-8 word looks like if it is read in another encoding."""
    return word.encode().decode(encoding, errors="replace")


def plant(rng: np.random.Generator, n: int, dose: float) -> Case:
    """Damage the share ``dose`` of one column: keys as floats, text cut, another encoding."""
    case = twin(rng, n)
    column = str(rng.choice(["user_id", "comment", "town"]))
    values = case.train[column].to_numpy(object).copy()
    if column == "comment":
        length = _field(np.array([len(text) for text in values]), dose)
        values = np.array([text[:length] for text in values], object)
        rows = np.flatnonzero([len(text) == length for text in values])
    else:
        rows = np.sort(rng.choice(n, max(1, round(dose * n)), replace=False))
        if column == "user_id":
            values = values.astype(float)
            values[rows] = rng.integers(2**53 + 1, 2**62, len(rows)).astype(float)
        else:
            values[rows] = [damaged(str(rng.choice(TOWNS))) for _ in rows]
    planted = case.train.assign(**{column: values})
    return replace(case, train=planted, subject={"column": column}, rows=tuple(rows.tolist()))


def _field(lengths: np.ndarray, dose: float) -> int:
    """The length of a field, a multiple of 5, that about the share ``dose`` of texts exceed."""
    fields = np.arange(20, lengths.max(), 5)
    exceeding = np.array([np.mean(lengths >= field) for field in fields])
    return int(fields[np.argmin(np.abs(np.log(np.maximum(exceeding, 1e-9) / dose)))])


def twin(rng: np.random.Generator, n: int) -> Case:
    """An honest table with keys, text, towns of many scripts and very large measurements."""
    frame = base(rng, n)
    frame["user_id"] = rng.integers(10**9, 2**53, n).astype(float)
    frame["comment"] = BUILDERS["text"](rng, n)
    frame["town"] = rng.choice(np.array(TOWNS, object), n)
    frame["density"] = 10.0 ** rng.normal(17, 1.5, n)
    return Case("inexact-numbers", frame, target="y")


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_characters_of_another_encoding(sequence):
    frame = base(np.random.default_rng(0), 200).assign(c=["fine", "words", "here", "too"] * 50)
    frame.loc[[3, 90], "c"] = f"x{sequence}y"
    told = only(audited(CODE, frame, target="y")).measurement
    assert told.details["inexact"] == 2
    assert {item.row for item in told.rows.items} == {3, 90}


@pytest.mark.parametrize(("encoding", "missed"), [("cp1252", "ÑÒÓÔÕÖ×Øà"), ("latin-1", "à")])
def test_the_letters_of_western_europe_are_recognised(encoding, missed):
    letters = [chr(one) for one in range(0xC0, 0x100)]
    frame = pd.DataFrame({one: [damaged(f"x{one}y", encoding), "other"] * 20 for one in letters})
    told = by_column(audited(CODE, frame))
    # Their second byte is read as a quote, a dash or a blank, which may stand after a capital Ã.
    assert "".join(letter for letter in letters if told[letter].value != 0.5) == missed


@pytest.mark.parametrize(
    "word",
    ["São Paulo", "“CAFÉ”", "Â", "MANHÃ", "naïve", "Ñandú", "日本語", "Привет", "1 °C", "€5"],
)
def test_honest_letters_are_no_fault(word):
    frame = base(np.random.default_rng(1), 200).assign(c=[word, "b", "c", "d"] * 50)
    assert not audited(CODE, frame, target="y").findings


def test_keys_beyond_53_bits_as_floats():
    rng = np.random.default_rng(2)
    keys = rng.integers(10**18, 9 * 10**18, 300)
    frame = base(rng, 300).assign(key=keys.astype(float), other=keys)
    finding = only(audited(CODE, frame, target="y"))
    assert dict(finding.measurement.subject) == {"column": "key"}
    assert finding.measurement.value == 1
    assert finding.severity == "error"
    frame["key"] = frame["key"].where(frame.index > 9)
    assert measured(audited(CODE, frame, target="y"), column="key").details["inexact"] == 290


@pytest.mark.parametrize(
    "values",
    [
        lambda rng: 10.0 ** rng.normal(17, 1.5, 300),
        lambda rng: 10.0 ** rng.normal(25, 3, 300),
        lambda rng: rng.normal(0, 1e18, 300),
        lambda rng: rng.integers(0, 2**53, 300).astype(float),
        lambda rng: np.where(rng.random(300) < 0.1, np.inf, 1e17),
    ],
    ids=["densities", "masses", "centred", "exact keys", "infinite"],
)
def test_large_measurements_and_exact_keys_are_no_fault(values):
    frame = pd.DataFrame({"value": values(np.random.default_rng(3))})
    assert measured(audited(CODE, frame), column="value").value == 0


def test_text_that_was_cut_is_named_row_by_row_also_after_a_split_by_fraction():
    rng = np.random.default_rng(4)
    frame = base(rng, 800).assign(comment=BUILDERS["text"](rng, 800))
    frame["comment"] = frame["comment"].str[:100]
    kept = tables(frame, 0.25, target="y").train.positions
    diagnosis = audited(CODE, frame, 0.25, target="y")
    wanted = [row for row in kept if len(frame["comment"][row]) == 100]
    assert sorted(diagnosis.rows(CODE)["train"]) == sorted(wanted)
    assert "cut at 100 characters" in only(diagnosis).message


def test_words_keys_and_texts_of_their_own_length_are_not_cut():
    rng = np.random.default_rng(5)
    frame = base(rng, 1_000)
    frame["name"] = names_of_places(rng, 1_000)
    frame["uuid"] = [rng.bytes(16).hex() if row % 2 else f"user {row}" for row in range(1_000)]
    frame["comment"] = BUILDERS["text"](rng, 1_000)
    frame["english"] = [" ".join(rng.choice(["a", "of", "the", "word"], 5)) for _ in range(1_000)]
    told = by_column(audited(CODE, frame, target="y"))
    assert {name for name, one in told.items() if one.value} == set()


def test_the_cut_is_rarely_seen_where_lengths_fall_off():
    alarms = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        lengths = np.minimum(rng.poisson(rng.choice([8, 15, 40, 90]), 400) + 1, 10_000)
        words = ["".join(rng.choice(list("abcdefg "), length)).strip() or "x" for length in lengths]
        alarms += bool(audited(CODE, pd.DataFrame({"c": words})).findings)
    assert alarms == 0


def test_without_numbers_or_text_it_is_not_checked():
    diagnosis = audited(CODE, pd.DataFrame({"c": [True, False] * 30}))
    assert reason(diagnosis, CODE) == "no feature holds numbers or text"
