"""Runs the cases of the zoo, each in a process of its own pool."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.measurements.zoo import trial
from bench.measurements.zoo.cases import list_cases
from bench.measurements.zoo.trial import CannotFit, Result
from bench.settings import ONE_THREAD


@dataclass(frozen=True)
class Unfitted:
    """A case that scikit-learn refuses, or whose library is not installed."""

    group: str
    name: str
    reason: str


@dataclass(frozen=True)
class Zoo:
    """The outcome of all cases, in order."""

    results: Sequence[Result]
    unfitted: Sequence[Unfitted]


def run(report: Callable[[str], None]) -> Zoo:
    """Runs all cases; `report` gets the name of each that is done."""
    cases = list_cases()
    os.environ.update(ONE_THREAD)
    results: list[Result] = []
    unfitted: list[Unfitted] = []
    with multiprocessing.get_context("spawn").Pool(2, maxtasksperchild=40) as pool:
        for done in pool.imap(_run, range(len(cases))):
            case = cases[done.index]
            report(case.name)
            if isinstance(done.outcome, str):
                unfitted.append(Unfitted(case.group, case.name, done.outcome))
            else:
                results.append(Result(case, *done.outcome))
    return Zoo(results, unfitted)


@dataclass(frozen=True)
class _Done:
    """What a process sends back: a case itself has functions that cannot be sent.

    Attributes:
        index: the place of the case.
        outcome: the fields of its `Result` after `case`, or why it cannot be fitted.
    """

    index: int
    outcome: str | tuple[Any, ...]


def _run(index: int) -> _Done:
    case = list_cases()[index]
    try:
        result = trial.run(case)
    except CannotFit as error:
        return _Done(index, str(error))
    fields = ("way", "difference", "wrong_later", "row_us", "kilobytes", "reason")
    return _Done(index, tuple(getattr(result, each) for each in fields))
