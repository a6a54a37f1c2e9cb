"""The pytest plugin: ``pytest --mldebug`` makes each rule of each configured audit an item.

It is loaded in every pytest run beside which mldebug is installed: it imports pytest and the
standard library, and all else where a session asks for it. (PYTEST_DONT_REWRITE)
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mldebug.diagnosis import Diagnosis

Document = Mapping[str, Any]
Telling = dict[str, Any]
"""What the session keeps of one audit: plain data, so that a worker of xdist can send it."""

LONGEST = 400


class MldebugWarning(UserWarning):
    """A rule was found, below the severity at which its audit fails."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--mldebug`` and ``--mldebug-report``."""
    group = parser.getgroup("mldebug", "mldebug: why a model fails")
    group.addoption(
        "--mldebug",
        action="store_true",
        help="Also run the audits that mldebug.toml or [tool.mldebug] of pyproject.toml configures, "
        "one item for each rule. (Naming the file as an argument does so too.)",
    )
    group.addoption(
        "--mldebug-report",
        metavar="FILE.html",
        help="Write the report of the audit of this session here; of several audits, one report "
        "each, with the name of the audit: FILE-NAME.html.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and what a session keeps of its audits."""
    config.addinivalue_line("markers", "mldebug: a rule of an audit that mldebug.toml configures")
    config.stash[SESSION] = session = Session(config)
    config.pluginmanager.register(session, "mldebug-session")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.File | None:
    """Collect a configuration that is an argument of the session."""
    if file_path.suffix == ".toml" and file_path in (
        *_configurations(parent.config),
        parent.config.stash[SESSION].configuration,
    ):
        from mldebug.pytest_items import ConfigurationFile

        return ConfigurationFile.from_parent(parent, path=file_path)
    return None


@pytest.fixture(scope="session")
def mldebug_audit(pytestconfig: pytest.Config) -> Callable[..., Diagnosis]:
    """Diagnose tables with the arguments of ``mldebug.audit``, and add it to the session's report."""

    def audited(*tables: Any, **options: Any) -> Diagnosis:
        from mldebug.audit import audit

        with filters_of_python():
            diagnosis = audit(*tables, **options)
        pytestconfig.stash[SESSION].keep(diagnosis.to_dict())
        return diagnosis

    return audited


class Session:
    """What one pytest process keeps of the audits that were made in it.

    Parameters
    ----------
    config : pytest.Config
        Of the process: the only one, or the controller or a worker of xdist.

    Notes
    -----
    An audit travels as an attribute of the next test report that its process makes. Reports
    arrive in the process that writes and prints, wherever they were made.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.configuration: Path | None = None
        self._config = config
        self._waiting: list[Telling] = []
        self._arrived: dict[str, Telling] = {}
        self._lines: list[str] = []

    def keep(
        self, document: Document, name: str = "", key: str = "", remarks: Sequence[str] = ()
    ) -> None:
        """Keep an audit; one without a name takes that of the test that made it."""
        from mldebug.render.names import shortened, visible
        from mldebug.render.words import counts, verdict

        opening, fact = verdict(document)
        told = shortened(visible(f"{opening}: {fact}." if fact else opening), LONGEST)
        counted = " · ".join(f"{count} {noun}" for _, count, noun in counts(document))
        wanted = self._config.getoption("mldebug_report")
        self._waiting.append(
            {
                "key": key,
                "name": name,
                "lines": [told, counted, *map(visible, remarks)],
                "document": json.dumps(document) if wanted else None,
            }
        )

    def keep_complaint(self, complaint: str, name: str, key: str) -> None:
        """Keep that a configured audit could not be made."""
        self._waiting.append({"key": key, "name": name, "lines": [complaint], "document": None})

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Refuse a report that cannot be written, and see that the configuration is collected."""
        config = self._config
        report = self._report
        if report is not None and self._prints:
            _require_writable(report)
        if config.getoption("mldebug") and not _configurations(config):
            self.configuration = found = _found_configuration(config)
            # pytest 8 loses the rest of a folder of which a file is an argument too
            if not any(found.is_relative_to(path) for path in _arguments(config) if path.is_dir()):
                config.args.append(str(found))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, None]:
        """Attach the audits that were made since the last report to this one."""
        result = yield
        report = result.get_result()
        if hasattr(item, "mldebug_line") and isinstance(report.longrepr, tuple):
            report.longrepr = (str(item.path), item.mldebug_line + 1, report.longrepr[2])
        for number, told in enumerate(self._waiting):
            told["key"] = told["key"] or f"{item.nodeid} {report.when} {number:06}"
            told["name"] = told["name"] or item.name
        if self._waiting:
            report.mldebug_audits, self._waiting = self._waiting, []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what a report brings; of an audit that several workers made, the first."""
        for told in getattr(report, "mldebug_audits", ()):
            self._arrived.setdefault(told["key"], told)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports."""
        if self._report is None or not self._prints:
            return
        from mldebug.render import write

        ready = [told for told in self._sorted if told["document"] is not None]
        if not ready:
            self._lines.append(f"{self._report} was not written: no audit was made")
        names = _report_names(self._report, [told["name"] for told in ready])
        for told, path in zip(ready, names, strict=True):
            try:
                write(json.loads(told["document"]), path)
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                self._lines.append(f"--mldebug-report: {path} cannot be written: {reason}")
                session.exitstatus = pytest.ExitCode.USAGE_ERROR
            else:
                self._lines.append(f"written: {path}")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Tell the verdict of each audit."""
        if not self._arrived and not self._lines:
            return
        terminalreporter.section("mldebug")
        for told in self._sorted:
            first, *further = told["lines"]
            terminalreporter.write_line(f"{told['name']}: {first}")
            for line in further:
                terminalreporter.write_line(f"  {line}")
        for line in self._lines:
            terminalreporter.write_line(line)

    @property
    def _prints(self) -> bool:
        """Whether this is no worker of xdist."""
        return not hasattr(self._config, "workerinput")

    @property
    def _report(self) -> Path | None:
        named = self._config.getoption("mldebug_report")
        return None if named is None else self._config.invocation_params.dir / str(named)

    @property
    def _sorted(self) -> list[Telling]:
        return [self._arrived[key] for key in sorted(self._arrived)]


SESSION = pytest.StashKey[Session]()


def _arguments(config: pytest.Config) -> list[Path]:
    """The files and folders that are to be collected, named as pytest names them."""
    folder = config.invocation_params.dir
    given = (re.split(r"::|\[", one)[0] for one in config.args)
    return [Path(os.path.abspath(folder / one)) for one in given]  # noqa: PTH100  (links stay links)


def _configurations(config: pytest.Config) -> list[Path]:
    """The configurations among the arguments of the session, whole or with ``::NAME``."""
    named = [path for path in _arguments(config) if path.suffix == ".toml"]
    if not named:
        return []
    from mldebug.configuration import find

    return [path for path in named if find(path.parent) == path]


def _found_configuration(config: pytest.Config) -> Path:
    from mldebug.configuration import find

    folders = dict.fromkeys((config.invocation_params.dir, config.rootpath))
    found = next((path for path in map(find, folders) if path is not None), None)
    if found is None:
        raise pytest.UsageError(
            "--mldebug: there is neither mldebug.toml nor a pyproject.toml with [tool.mldebug] in "
            + " or ".join(map(str, folders))
        )
    return found


def _require_writable(path: Path) -> None:
    """Try the path of the report before any work."""
    option = "--mldebug-report"
    if path.suffix.lower() != ".html":
        raise pytest.UsageError(f"{option}: {path} must be a name that ends in .html")
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
        raise pytest.UsageError(f"{option}: {path} is there and may not be written")
    if not path.parent.is_dir():
        raise pytest.UsageError(f"{option}: {path} cannot be written, its folder does not exist")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise pytest.UsageError(
            f"{option}: nothing can be written in {path.parent}: {reason}"
        ) from error


def _report_names(report: Path, names: Iterable[str]) -> list[Path]:
    """Where each audit's report goes: to the path itself if it is the only one."""
    names = list(names)
    if len(names) == 1:
        return [report]
    paths: list[Path] = []
    for name in names:
        slug = re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip("-.")[:60] or "audit"
        path, again = report.with_name(f"{report.stem}-{slug}{report.suffix}"), 2
        while path in paths:
            path = report.with_name(f"{report.stem}-{slug}-{again}{report.suffix}")
            again += 1
        paths.append(path)
    return paths


@contextmanager
def filters_of_python() -> Iterator[None]:
    """Warn as Python does by itself: the session's filters must not change what an audit finds."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        for category in (DeprecationWarning, PendingDeprecationWarning, ImportWarning):
            warnings.simplefilter("ignore", category)
        warnings.simplefilter("ignore", ResourceWarning)
        yield
