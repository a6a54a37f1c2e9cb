"""The doctor: what is there, and what is broken in plain words."""

from __future__ import annotations

import sys

import pytest

from mldebug import catalogue, resolve
from mldebug.catalogue import rules


@pytest.fixture
def doctor(run):
    def ran():
        result = run("doctor")
        told = dict(
            line.split("  ", 1) for line in result.out.split("\n\n")[0].splitlines() if "  " in line
        )
        return result, {name.strip(): said.strip() for name, said in told.items()}

    return ran


@pytest.fixture
def module():
    import mldebug.cli.doctor  # noqa: F401  (so that it is among the modules)

    return sys.modules["mldebug.cli.doctor"]


def test_what_there_is(doctor):
    ran, told = doctor()
    assert "not installed" not in told["numpy"]
    assert told["python"].startswith(sys.version.split()[0])
    assert told["device"].startswith(("cpu", "cuda"))
    assert told["there are"].startswith(f"{len(rules())} rules, ")
    assert told["rules"].endswith("rules")
    assert told["reports"].endswith("reports")
    assert "cores" in told["threads"]
    for extra in ("extra gpu-cuda12", "extra torch", "extra dask"):
        assert extra in told
    assert "extra dev" not in told
    assert ran.status == (1 if "problem: " in ran.out else 0)


def test_a_sound_installation_is_0(doctor, monkeypatch, module):
    monkeypatch.setattr(module, "_requirements", list)
    monkeypatch.setattr(module, "_libraries", lambda _health: None)
    ran, _ = doctor()
    assert ran.status == 0
    assert "nothing is broken" in ran.out


def requirement(line):
    from packaging.requirements import Requirement

    return Requirement(line)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("numpy>=999", "numpy 2.* does not do, it must be >=999: pip install 'numpy>=999'"),
        ("no-such-library-here>=1", "no-such-library-here is not installed: pip install"),
        ("numpy>=999; extra == 'fast'", "for the extra fast, it must be >=999"),
    ],
)
def test_a_library_that_does_not_do(doctor, monkeypatch, module, line, sentence):
    monkeypatch.setattr(module, "_requirements", lambda: [requirement(line)])
    ran, _ = doctor()
    assert ran.status == 1
    before, _, after = sentence.partition("*")
    assert before in ran.out
    assert after in ran.out


def test_an_extra_that_is_not_there_is_no_problem(doctor, monkeypatch, module):
    lines = ["numpy>=1", "no-such-library>=1; python_version > '3' and extra == 'fast'"]
    monkeypatch.setattr(module, "_requirements", lambda: [requirement(line) for line in lines])
    ran, told = doctor()
    assert ran.status == 0
    assert told["extra fast"] == "no-such-library not installed"


def test_the_requirements_of_a_checkout_are_those_of_the_installed(monkeypatch, module):
    from importlib import metadata

    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    monkeypatch.setattr(module, "_installed", lambda _name: "1000")
    read = module._requirements()
    assert "numpy" in {one.name for one in read if one.marker is None}
    assert "torch" in {one.name for extra, one in module._optional() if extra == "torch"}


def test_a_need_that_nothing_provides_is_a_problem(doctor, monkeypatch):
    sentence = "data.x asks for train_y, which nothing provides"
    monkeypatch.setattr(resolve, "unknown_needs", lambda: [sentence])
    ran, _ = doctor()
    assert ran.status == 1
    assert f"problem: {sentence}\n" in ran.out


def test_a_broken_plugin_is_told_and_is_no_traceback(doctor, monkeypatch):
    def broken():
        raise ImportError("no module named\nplugin")

    monkeypatch.setattr(catalogue, "rules", broken)
    ran, _ = doctor()
    assert ran.status == 1
    assert "cannot be loaded: ImportError: no module named\\nplugin\n" in ran.out
