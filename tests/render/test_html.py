import base64
import hashlib
import re
import subprocess
import sys
import time
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest

from mldebug.render.evidence import evidence
from mldebug.render.html import message, name, notebook, page, prose, reference, right
from tests.render.sample import HOSTILE, SAMPLES, sixty, typical
from tests.render.sample_parts import cause, document, finding, measurement, pairs, rows

ROOT = Path(__file__).resolve().parents[2]
VOID = {"meta", "input", "br", "hr", "link", "img"}
OPTIONAL = {"td", "th", "tr", "option"}


class Page(HTMLParser):
    """Collects elements, ids, links and the text of a page; fails on tags that do not match."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.stack, self.text = [], [], []
        self.feed(text)
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID | OPTIONAL | {"path"}:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in OPTIONAL:
            assert self.stack.pop() == tag

    def handle_data(self, data):
        if not self.stack or self.stack[-1] not in ("style", "script"):
            self.text.append(data)

    def all(self, tag):
        return [attributes for found, attributes in self.elements if found == tag]


@pytest.fixture(scope="module")
def pages():
    return {one: page(make()) for one, make in SAMPLES.items()}


def shape_of(told):
    """A page without its style, script and pictures, which have tests of their own."""
    told = re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", told, flags=re.DOTALL)
    told = re.sub(r"<svg.*?</svg>", "<svg></svg>", told, flags=re.DOTALL)
    return re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-…", told)


@pytest.mark.parametrize("sample", ["typical", "empty", "one_run"])
def test_golden(sample, golden, pages):
    golden(f"{sample}.html", shape_of(pages[sample]) + "\n")


@pytest.mark.parametrize("sample", SAMPLES)
class TestEveryPage:
    def test_is_well_formed_with_unique_ids_and_links_that_lead_somewhere(self, sample, pages):
        parsed = Page(pages[sample])
        ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        inner = {one["href"][1:] for one in parsed.all("a") if one["href"].startswith("#")}
        assert inner <= set(ids)

    def test_asks_for_nothing(self, sample, pages):
        parsed = Page(pages[sample])
        assert not [
            one for one in ("img", "link", "iframe", "object", "embed", "base") if parsed.all(one)
        ]
        assert not [
            one for _, one in parsed.elements if {"src", "srcset", "style", "action"} & set(one)
        ]
        assert not [key for _, one in parsed.elements for key in one if key.startswith("on")]
        assert "@import" not in pages[sample]
        assert "url(" not in pages[sample]

    def test_has_a_policy_that_allows_its_own_style_and_script_alone(self, sample, pages):
        (policy,) = [
            one["content"]
            for one in Page(pages[sample]).all("meta")
            if one.get("http-equiv") == "Content-Security-Policy"
        ]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        for tag in ("style", "script"):
            (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", pages[sample], re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy

    def test_is_the_same_each_time(self, sample, pages):
        assert page(SAMPLES[sample]()) == pages[sample]

    def test_every_finding_is_there_and_has_its_link(self, sample, pages):
        parsed = Page(pages[sample])
        articles = parsed.all("article")
        assert [one["data-id"] for one in articles if one["data-id"]] == [
            one["data-id"] for one in articles
        ]
        assert {one["data-id"] for one in articles} == {
            one["id"] for one in SAMPLES[sample]()["findings"]
        }
        links = {one["href"] for one in parsed.all("a")}
        assert {f"#{one['id']}" for one in articles} <= links

    def test_every_rule_is_there(self, sample, pages):
        text = " ".join(Page(pages[sample]).text)
        assert not [code for code in SAMPLES[sample]()["outcomes"] if code not in text]


def test_hostile_names_are_only_text(pages):
    told = pages["hostile"]
    parsed = Page(told)
    assert len(parsed.all("script")) == 1
    assert "<script>alert" not in told
    text = " ".join(parsed.text)
    assert "<script>alert(1)</script>" in text
    assert "{value.__class__}" in text
    assert "{{ 7 * 7 }}" in text
    assert "right\\u202eto\\u2066left\\u200f" in text
    assert "two\\nlines\\x1b[31mred\\x00" in text
    assert "עמודה בעברית" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", told)
    assert "x" * 1_001 not in "".join(re.sub(r'data-[a-z]+=["\'].*?["\']', "", told))


def test_sixty_findings_are_small_and_quick(pages):
    assert len(pages["sixty"].encode()) < 600_000
    assert len(Page(pages["sixty"]).all("article")) == 60
    document = sixty()
    start = time.process_time()
    page(document)
    assert time.process_time() - start < 4


def test_the_sections_appear_where_there_is_something_to_say(pages):
    headings = {one: re.findall(r"<h2[^>]*>(.*?)</h2>", pages[one]) for one in pages}
    assert headings["empty"] == [
        "Findings",
        "What was checked and is fine",
        "Inconclusive",
        "Not checked",
        "About this audit",
        "Keys",
    ]
    assert headings["single"][0] == "What is behind it"
    assert {"Failed", "Left out on purpose"} <= set(headings["hostile"])


def test_what_could_settle_it_is_said(pages):
    assert "It could tell from 200 observations." in pages["empty"]
    assert re.search(r"Give <code>--time</code>\s*to check", pages["empty"])


def test_an_effect_that_was_tried_stands_beside_its_cause(pages):
    assert "accuracy 0.94 → 0.87 (−0.07 ± 0.02)" in pages["typical"]
    assert pages["typical"].count("What would follow") == 2
    assert "What to do" in pages["single"]
    assert "What would follow" not in pages["single"]


def test_an_ignored_finding_stands_apart_with_its_reason():
    document = typical()
    document["findings"][0]["muted"] = "known since March"
    told = page(document)
    assert "known since March" in told
    assert "LK401" not in [one["data-id"].split(":")[0] for one in Page(told).all("article")]


def test_an_interrupted_audit_says_so_in_the_heading():
    told = typical()
    told["provenance"]["interrupted"] = True
    heading = re.search(r"<h1>(.*?)</h1>", page(told), flags=re.DOTALL)[1]
    assert heading.startswith("The audit was interrupted: 1 of ")
    assert "not checked. The evaluation cannot be trusted: 127 of" in heading


def test_one_style_of_per_cent(pages):
    for told in (pages["typical"], pages["sixty"]):
        assert not re.search(
            "[0-9][ \u00a0\u202f\u2009]%", re.sub("<style>.*?</style>", "", told, flags=re.DOTALL)
        )


def test_findings_without_causes_are_still_listed():
    document = typical()
    document["causes"] = []
    assert "All findings" in page(document)
    assert len(Page(page(document)).all("article")) == 5


def test_a_minimal_provenance_is_enough():
    document = typical()
    needed = ("seed", "versions", "tables", "task", "target", "rules", "quantities")
    document["provenance"] = {key: document["provenance"][key] for key in needed}
    document["provenance"] |= {"rules": {}, "quantities": {}, "target": None, "task": None}
    assert "About this audit" in page(document)


def test_a_notebook_gets_a_frame_of_its_own(pages):
    told = notebook(typical())
    (frame,) = Page(told).all("iframe")
    assert frame["srcdoc"] == pages["typical"]
    assert frame["sandbox"] == "allow-scripts allow-popups"


def test_names_in_messages_are_set_as_names():
    told = message("Column <b>age of x is 1; age", {"column": "<b>age"})
    assert told == "Column <bdi class=n>&lt;b&gt;age</bdi> of x is 1; age"
    assert message("average of age", {"column": "age"}) == "average of <bdi class=n>age</bdi>"
    assert message("a is a", {"column": "a"}) == "a is a"
    assert len(message("y" * 10_000, {})) == 400
    assert str(name("z" * 50)).startswith('<bdi class=n title="zzz')


@pytest.mark.parametrize("text", HOSTILE)
def test_references_link_and_escape(text):
    assert "<script" not in reference(text)
    assert reference("A & B, doi:10.1/x_y.") == (
        'A &amp; B, <a href="https://doi.org/10.1/x_y." rel="noopener">doi:10.1/x_y.</a>'
    )


def test_evidence_puts_pairs_together_and_marks_what_differs():
    shown = evidence(finding("DA106", rows=pairs(3)), "churned", 50)
    assert [line.second for line in shown.lines] == [False, True] * 3
    assert shown.columns[:2] == ("churned", "monthly_charge")
    first, second = shown.lines[:2]
    assert [one.differs for one in first.cells] == [True, True, *[False] * 5]
    assert [one.differs for one in second.cells] == [True, True, *[False] * 5]
    assert first.match == "train 4,100"


def test_a_row_that_came_along_with_its_match_stands_under_it_with_what_differs():
    cells = {"a": 1, "b": 2.5}
    near = {"table": "eval", "row": 7, "score": None, "cells": cells}
    near["match"] = {"table": "train", "row": 3, "cells": cells | {"b": 2.50001}}
    found = evidence({"subject": {}, "rows": {"total": 1, "items": [near]}}, None, 20)
    first, second = found.lines
    assert (second.table, second.row, second.second) == ("train", 3, True)
    assert found.columns == ("b", "a")
    assert [one.differs for one in first.cells] == [True, False]


def test_evidence_is_cut_and_says_so():
    shown = evidence(finding("LK401", {"column": "plan"}, rows=rows(4_000)), "churned", 50)
    assert shown.columns[:2] == ("plan", "churned")
    assert (shown.total, len(shown.lines), shown.copied, shown.further) == (4_000, 20, 50, 4)
    assert evidence(finding("LK401"), None, 50) is None
    assert evidence(finding("LK401", rows={"total": 0, "items": []}), None, 50) is None


@pytest.mark.parametrize("bundled", [True, False])
def test_templates_are_found_in_a_zipped_wheel_and_in_a_checkout(tmp_path, bundled):
    archive = tmp_path / "mldebug.whl"
    if bundled:
        with zipfile.ZipFile(archive, "w") as wheel:
            for path in sorted((ROOT / "mldebug").rglob("*.py")):
                wheel.write(path, path.relative_to(ROOT))
            for path in sorted((ROOT / "reports").iterdir()):
                wheel.write(path, f"mldebug/_bundled/reports/{path.name}")
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "import mldebug\n"
        "from tests.render.sample import typical\n"
        "from mldebug.render.html import page\n"
        "print(mldebug.__file__, len(page(typical())))"
    )
    places = [str(archive), str(ROOT)] if bundled else [str(ROOT)]
    done = subprocess.run(
        [sys.executable, "-c", code, *places],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    where, size = done.stdout.rsplit(" ", 1)
    assert where.startswith(str(archive) if bundled else str(ROOT))
    assert int(size) > 40_000


def test_importing_the_renderers_loads_nothing_heavy():
    names = "html text json words view runs evidence names numbers figures"
    names += " figures.canvas figures.bars figures.curves"
    code = (
        "import sys\n"
        + "".join(f"import mldebug.render.{one}\n" for one in names.split())
        + "print(sorted({'numpy', 'matplotlib', 'jinja2', 'rich', 'markupsafe'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


def test_an_option_and_a_date_are_in_one_piece():
    assert str(prose("Pass it with --id-of <b>")) == (
        "Pass it with <code class=nb>--id-of</code> &lt;b&gt;."
    )
    assert message("From 2024-01-29.", {}) == "From <span class=nb>2024-01-29</span>."
    assert message("2024-01-29-7 -- a--b", {}) == "2024-01-29-7 -- a--b"


def test_columns_of_numbers_are_aligned_to_the_right():
    rows = [("a", "1,200", "4.1%", "1"), ("b", "−0.5", "–", "x"), ("3", "1.2 × 10⁻⁷", "0%", "2")]
    assert right(rows) == "r2 r3"
    assert right(rows, 2) == "r4 r5"
    assert right([]) == ""
    assert right([("–",), ("–",)]) == ""


def test_reasons_begin_with_a_capital_and_names_keep_theirs():
    told = document([], {"LB201": "not_checked", "LK405": "inconclusive", "DA101": "failed"})
    told["outcomes"]["LB201"] |= {"reason": "no column was named", "missing": []}
    told["outcomes"]["LK405"]["reason"] = "the interval is too wide"
    told["outcomes"]["DA101"]["reason"] = "train_size is odd"
    shown = page(told)
    assert "<p>No column was named.</p>" in shown
    assert "The interval is too wide." in shown
    assert "<p>train_size is odd.</p>" in shown


def test_options_that_are_missing_are_told_once_and_in_one_order():
    told = document([], {"LB201": "not_checked", "LK405": "not_checked", "DA101": "not_checked"})
    for code, missing in {"LB201": ["--eval", "TRAIN"], "LK405": ["TRAIN", "--eval"]}.items():
        told["outcomes"][code] |= {
            "missing": missing,
            "reason": "it needs " + " and ".join(missing),
        }
    text = re.sub(r"<[^>]+>", "", page(told))
    assert re.findall(r"Give (.*) to check", text) == ["TRAIN and --eval", "--time"]
    assert "it needs" not in text
    assert "Give --time to check (no column that orders the rows was named)" in text


def test_a_passed_line_says_what_its_share_is_of():
    told = document([])
    told["provenance"]["quantities"]["data.missing_share"]["unit"] = "share of an even share"
    told["measurements"] = [measurement(finding("DA101", value=0.995, n=0))]
    text = re.sub(r"<[^>]+>", "", page(told))
    assert "99.5% of an even share" in text


def test_of_like_causes_the_remedy_is_told_once():
    found = [finding("DA101", {"column": one}, severity="note") for one in ("age", "plan", "bmi")]
    told = page(document(found, {}, causes=[cause(one) for one in found]))
    causes = told.split('<section id="findings"')[0]
    assert causes.count("<h4>What to do</h4>") == 1
    assert causes.count("What to do: as for 1.") == 2
    assert len(re.findall(r"<h3>.*: <bdi class=n>", causes)) == 3
    assert "further cause" not in causes


def test_of_thousands_of_findings_the_first_are_shown_and_the_rest_are_counted():
    found = [finding("DA101", {"column": f"c{one}"}, severity="note") for one in range(2_000)]
    whole = page(document(found))
    assert whole.count("<article") == 300
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", whole))
    assert re.search(r"Not shown one by one: \W*note\W* DA101 1,700\. The JSON", text)
    assert len(whole) < 1_800_000
