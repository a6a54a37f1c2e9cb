"""What is worked on next: checkers and the artefacts they need, as many at a time as may run."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from mldebug.checker import Checker, Need, Unavailable
from mldebug.resolve import Recipe, missing_options


class Failed(Exception):  # noqa: N818  (it names a state, as `Unavailable` does)
    """A checker or a derivation raised.

    Parameters
    ----------
    name : str
        Of the checker or the artefact.
    reason : str
        What it raised and where; no traceback, which would keep its arrays alive.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason


@dataclass(slots=True, eq=False)
class Work:
    """One call of a checker or of a derivation.

    Parameters
    ----------
    name : str
        Of the checker, or of the artefact.
    needs : tuple of Need
        What it takes, in the order of its parameters.
    call : callable
        Takes the arguments.
    checker : Checker or None
        None of a derivation.
    """

    name: str
    needs: tuple[Need, ...]
    call: Callable[..., Any]
    checker: Checker | None = None
    arguments: list[Any] = field(default_factory=list)
    begun_last: bool = False

    def done(self) -> tuple[Any, float]:
        """What the call returns, `Unavailable` or `Failed`, and the seconds that it took."""
        started = perf_counter()
        try:
            made = self.call(*self.arguments)
        except Unavailable as absent:
            made = absent.with_traceback(None)
        except Exception as error:  # noqa: BLE001  (one piece's fault must not end the audit)
            made = Failed(self.name, _told(error))
        self.arguments.clear()
        return made, perf_counter() - started


def _told(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" ({trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno})" if trace else ""
    first = (str(error).strip() or "no message").splitlines()[0]
    return f"{type(error).__name__}: {first}{where}"


class Schedule:
    """The order of an audit's work: every artefact made once, when first asked for, and freed.

    Parameters
    ----------
    given : mapping
        The artefacts that are there, by name; None where one is not.
    recipes : mapping of str to Recipe
        How the others are made.
    asking : sequence of Checker
        Those to run, the ones to be begun first in front.
    call : callable
        Runs a checker on a list of arguments.
    lanes : int
        How many pieces of work run at a time.

    Notes
    -----
    A piece asks for its needs one after the other, so that nothing is made for a checker that
    cannot run. With several lanes, one begins checkers from the front and the others from the back,
    where the costly ones are: these would otherwise be left for the end, when nothing can run
    beside them.
    """

    def __init__(
        self,
        given: Mapping[str, Any],
        recipes: Mapping[str, Recipe],
        asking: Sequence[Checker],
        call: Callable[[Checker, Sequence[Any]], Any],
        lanes: int = 1,
    ) -> None:
        self._given = given
        self._recipes = recipes
        self._lanes = lanes
        self._to_begin = deque(
            Work(one.name, one.needs, lambda *told, one=one: call(one, told), one) for one in asking
        )
        self._from_back = 0
        self._made: dict[str, Any] = {}
        self._asked_for: dict[str, list[Work]] = {}
        self._ready: deque[Work] = deque()
        self._consumers: Counter[str] = Counter()
        self.outcomes: dict[str, Any] = {}
        self.seconds: dict[str, float] = {}
        for one in asking:
            self._consumers.update(self._reached(one.needs))

    def begin(self) -> Checker | None:
        """The next checker, whose needs are asked for from now on; None if all have begun."""
        if not self._to_begin:
            return None
        last = self._from_back < self._lanes - 1
        work = self._to_begin.pop() if last else self._to_begin.popleft()
        work.begun_last = last
        self._from_back += last
        self._advance(work)
        return work.checker

    def ready(self) -> Work | None:
        """A piece of work whose arguments are all there."""
        return self._ready.popleft() if self._ready else None

    def settle(self, work: Work, made: Any, seconds: float) -> None:
        """Keep what a piece of work gave, and go on with those that waited for it."""
        self.seconds[work.name] = seconds
        self._keep(work, made)

    def _keep(self, work: Work, made: Any) -> None:
        if work.checker is not None:
            self.outcomes[work.name] = made
            self._from_back -= work.begun_last
            self._release(work.needs)
            return
        self._made[work.name] = made
        for waiting in self._asked_for.pop(work.name):
            self._advance(waiting)

    def _advance(self, work: Work) -> None:
        """Collect arguments until one is missing that must be made first."""
        if not work.arguments:
            missing = missing_options(work.needs, self._given)
            if missing:
                told = f"it needs {' and '.join(missing)}"
                self._keep(work, Unavailable(told, missing))
                return
        for need in work.needs[len(work.arguments) :]:
            if need.name not in self._recipes:
                work.arguments.append(self._given.get(need.name))
                continue
            if need.name not in self._made:
                self._ask(need.name, work)
                return
            made = self._made[need.name]
            if isinstance(made, Unavailable) and not need.required:
                made = None
            elif isinstance(made, Unavailable | Failed):
                self._keep(work, made)
                return
            work.arguments.append(made)
        self._ready.append(work)

    def _ask(self, name: str, work: Work) -> None:
        waiting = self._asked_for.setdefault(name, [])
        waiting.append(work)
        if len(waiting) == 1:
            recipe = self._recipes[name]
            self._advance(Work(name, recipe.needs, recipe.derivation.make))

    def _reached(self, needs: Iterable[Need]) -> set[str]:
        """The derived artefacts that these needs reach, directly or through others."""
        reached: set[str] = set()
        waiting = [need.name for need in needs]
        while waiting:
            name = waiting.pop()
            if name in self._recipes and name not in reached:
                reached.add(name)
                waiting += [need.name for need in self._recipes[name].needs]
        return reached

    def _release(self, needs: Iterable[Need]) -> None:
        """Free the artefacts whose last consumer has run."""
        for name in self._reached(needs):
            self._consumers[name] -= 1
            if self._consumers[name] == 0:
                self._made.pop(name, None)
