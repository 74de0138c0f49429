"""Builds an estimator from the name and the arguments that a user writes."""

import contextlib
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from baton_common.texts import get_first_line
from baton_trainer.errors import ParameterError
from baton_trainer.models import boosters, threads
from baton_trainer.models.families import FAMILIES, Family, Kind

_SOURCE_PLACE = re.compile(r"^\[[\d:]+\] \S+: | at \S+, line \d+ \.$")
"""XGBoost and LightGBM name a line of their own sources, which does not help the user."""


@dataclass(frozen=True)
class Learner:
    """An unfitted estimator with valid arguments.

    Attributes:
        kind: classifier or regressor.
        name: a key of `FAMILIES[kind]`.
        estimator: a classifier takes labels of any type.
        params: all its constructor arguments.
    """

    kind: Kind
    name: str
    estimator: BaseEstimator
    params: Mapping[str, Any]

    @property
    def family(self) -> Family:
        """Its description."""
        return FAMILIES[self.kind][self.name]


def build_learner(kind: Kind, name: str, params: Mapping[str, str], seed: int = 0) -> Learner:
    """Builds a learner; its own library checks the arguments.

    Args:
        kind: classifier or regressor.
        name: a key of `FAMILIES[kind]`.
        params: constructor arguments as a user writes them, e.g. `{"C": "0.1"}`.
        seed: its random state, unless `params` sets another.

    Raises:
        ParameterError: the estimator, an argument or a value is invalid.
    """
    family = _find_family(kind, name)
    allowed = _construct(family, family.defaults).get_params()
    for key in params:
        if key not in allowed:
            raise ParameterError(
                f"{name} has no parameter {key!r}; use one of {', '.join(sorted(allowed))}"
            )
    values = {key: parse_value(text) for key, text in params.items()}
    learner = build_from_values(kind, name, values, seed)
    _check_params(learner)
    return learner


def build_from_values(kind: Kind, name: str, values: Mapping[str, Any], seed: int) -> Learner:
    """Builds a learner from valid arguments."""
    family = FAMILIES[kind][name]
    estimator = _construct(family, {"random_state": seed, **family.defaults, **values})
    params = estimator.get_params()
    if not family.takes_any_labels:
        estimator = boosters.accept_any_labels(estimator)
    return Learner(kind, name, estimator, params)


def parse_value(text: str) -> int | float | bool | str | None:
    """Parses an argument: an integer, a float, true, false or none, else text."""
    words: dict[str, bool | None] = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return number(text)
    return text


def _find_family(kind: Kind, name: str) -> Family:
    known = FAMILIES[kind]
    if name in known:
        return known[name]
    others = [other for other, families in FAMILIES.items() if name in families]
    if others:
        raise ParameterError(
            f"estimator {name!r} is a {others[0]}, and this training needs a {kind}; use one of "
            f"{', '.join(known)}"
        )
    raise ParameterError(f"unknown estimator {name!r}; use one of {', '.join(known)}")


def _construct(family: Family, values: Mapping[str, Any]) -> Any:
    return resolve_name(family.constructor)(**values)


def _check_params(learner: Learner) -> None:
    """Fits a few rows: the only public way to check all arguments."""
    rng = np.random.default_rng(0)
    rows, truth = rng.normal(size=(40, 2)), np.arange(40) % 2
    try:
        with warnings.catch_warnings(), threads.limit(len(rows)):
            warnings.simplefilter("ignore")
            learner.estimator.fit(rows, truth)
    except Exception as error:  # the libraries' errors have no common base but Exception
        reason = _SOURCE_PLACE.sub("", get_first_line(error))
        raise ParameterError(f"{learner.name}: {reason}") from error
