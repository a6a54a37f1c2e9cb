"""The command: the scoreboard, the quick run, and the smallest n."""

from __future__ import annotations

import json
from dataclasses import replace

import prove
from proving import ledger
from proving.cases import proofs
from proving.smallest import smallest_n, write_min_n


def test_the_smallest_n_is_found_and_written(ground):
    root, known = ground
    (proof,) = proofs(root, known)
    one = known["DA999"]
    before = one.file.read_text()
    n = smallest_n(root, proof, one, range(3), None, workers=1, audit="stub_audit:clumsy")
    assert n == 80
    assert smallest_n(root, proof, one, range(3), None, workers=1, audit="stub_audit:blind") is None
    assert write_min_n(one.file, 80)
    assert one.file.read_text() == before.replace("min_n: 0", "min_n: 80")
    assert not write_min_n(one.file, 80)
    one.file.write_text(before.replace("min_n: 0\n", ""))
    assert write_min_n(one.file, 30)
    assert one.file.read_text().endswith("min_n: 30\n")


def test_the_command_writes_the_scoreboard(ground, capsys):
    root, known = ground
    results = root / "results"
    results.mkdir()
    line = {"peer": "other", "version": "1.2", "case": "DA999:D1:100:0", "code": "DA999"}
    told = [line | {"verdict": "found"}, line | {"case": "clean-0001-x", "verdict": "silent"}]
    told.append(line | {"verdict": "cannot"})
    (results / "peers.jsonl").write_text("".join(json.dumps(one) + "\n" for one in told))
    board = root / "SCOREBOARD.md"
    given = ["--seeds", "2", "--workers", "1", "--clean-count", "3"]
    given += ["--results", str(results), "--scoreboard", str(board)]
    assert prove.main(given, root=root, known=known, audit="stub_audit:audit") == 0
    text = board.read_text()
    assert "**0 of 1 rules are proven.**" in text
    assert "| DA999 many-gaps | D0 0.05, D1 0.2, D2 0.4 | 100 300 | 2/2 2/2 | 2/2 2/2 |" in text
    assert "no: applies to 3 clean cases of 200" in text
    assert "| DA999 | 1/1 · 0/1 |" in text
    assert "3 full audits of odd clean cases." in text
    assert "prove.py --seeds 2" in text
    assert "DA999 many-gaps: applies to 3 clean cases" in capsys.readouterr().out


def test_the_quick_run_tells_a_miss_by_its_status(ground, capsys):
    root, known = ground

    def status(audit, *more):
        given = ["--quick", "--workers", "1", *more]
        return prove.main(given, root=root, known=known, audit=f"stub_audit:{audit}")

    assert status("audit") == 0
    assert status("blind") == 1
    assert "DA999:D1:100:1: passed, not warning" in capsys.readouterr().out
    assert status("nervous") == 1
    assert status("vague") == 1
    assert "names something else" in capsys.readouterr().out
    assert status("audit", "--codes", "XX123") == 2


def test_min_n_is_written_by_the_command(ground):
    root, known = ground
    given = ["--min-n", "--seeds", "2", "--workers", "1", "--results", str(root / "results")]
    assert prove.main(given, root=root, known=known, audit="stub_audit:clumsy") == 0
    assert "min_n: 80\n" in known["DA999"].file.read_text()
    given[-1] = str(root / "other")
    assert prove.main(given, root=root, known=known, audit="stub_audit:blind") == 1
    assert "min_n: 80\n" in known["DA999"].file.read_text()


def test_a_later_run_keeps_what_it_did_not_look_at(ground):
    root, known = ground
    board = root / "SCOREBOARD.md"

    def proved(audit, *more):
        given = ["--seeds", "2", "--workers", "1", "--scoreboard", str(board), *more]
        given += ["--results", str(root / f"results-{audit}-{len(more)}")]
        assert prove.main(given, root=root, known=known, audit=f"stub_audit:{audit}") == 0
        return board.read_text()

    first = proved("audit", "--clean-count", "3")
    later = proved("blind", "--clean", "none", "--codes", "DA999")
    assert "| DA999 many-gaps | D0 0.05, D1 0.2, D2 0.4 | 100 300 | 0/2 0/2 |" in later
    assert "3 full audits of odd clean cases." in first
    assert "3 full audits of odd clean cases." in later
    assert "0/3 (≤" in later
    assert "Made by `python benchmarks/prove.py --seeds 2 --clean none --codes DA999`" in later
    assert "; DA999 by `python benchmarks/prove.py --seeds 2 --clean-count 3`." in later
    board.unlink()
    file = known["DA999"].file
    file.write_text(file.read_text().replace("min_n: 0", "min_n: 100"))
    changed = {"DA999": replace(known["DA999"], rule=replace(known["DA999"].rule, min_n=100))}
    told = ledger.verdict_of(
        changed["DA999"],
        ledger.entries_of(board.with_suffix(".json"))["rules"]["DA999"],
        has_plant=True,
    )
    assert "min_n has changed since" in told.problems
