"""Builds a classifier from the name and the arguments that a user writes."""

import contextlib
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin

from baton_common.texts import get_first_line
from baton_trainer.errors import ParameterError
from baton_trainer.models import boosters, threads
from baton_trainer.models.families import FAMILIES, Family

_SOURCE_PLACE = re.compile(r"^\[[\d:]+\] \S+: | at \S+, line \d+ \.$")
"""XGBoost and LightGBM name a line of their own sources, which does not help the user."""


@dataclass(frozen=True)
class Classifier:
    """An unfitted estimator with valid arguments.

    Attributes:
        name: a key of `FAMILIES`.
        estimator: takes labels of any type.
        params: all its constructor arguments.
        is_linear: whether its features must be scaled.
    """

    name: str
    estimator: ClassifierMixin
    params: Mapping[str, Any]
    is_linear: bool


def build_classifier(name: str, params: Mapping[str, str], seed: int = 0) -> Classifier:
    """Builds a classifier; its own library checks the arguments.

    Args:
        name: a key of `FAMILIES`.
        params: constructor arguments as a user writes them, e.g. `{"C": "0.1"}`.
        seed: its random state, unless `params` sets another.

    Raises:
        ParameterError: the estimator, an argument or a value is invalid.
    """
    if name not in FAMILIES:
        raise ParameterError(f"unknown estimator {name!r}; use one of {', '.join(FAMILIES)}")
    family = FAMILIES[name]
    allowed = _construct(family, family.defaults).get_params()
    for key in params:
        if key not in allowed:
            raise ParameterError(
                f"{name} has no parameter {key!r}; use one of {', '.join(sorted(allowed))}"
            )
    values = {key: parse_value(text) for key, text in params.items()}
    classifier = build_from_values(name, values, seed)
    _check_params(classifier)
    return classifier


def build_from_values(name: str, values: Mapping[str, Any], seed: int) -> Classifier:
    """Builds a classifier from valid arguments."""
    family = FAMILIES[name]
    estimator = _construct(family, {"random_state": seed, **family.defaults, **values})
    params = estimator.get_params()
    if not family.takes_any_labels:
        estimator = boosters.accept_any_labels(estimator)
    return Classifier(name, estimator, params, family.is_linear)


def parse_value(text: str) -> int | float | bool | str | None:
    """Parses an argument: an integer, a float, true, false or none, else text."""
    words: dict[str, bool | None] = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return number(text)
    return text


def _construct(family: Family, values: Mapping[str, Any]) -> Any:
    return resolve_name(family.constructor)(**values)


def _check_params(classifier: Classifier) -> None:
    """Fits a few rows: the only public way to check all arguments."""
    rng = np.random.default_rng(0)
    rows, truth = rng.normal(size=(40, 2)), np.arange(40) % 2
    try:
        with warnings.catch_warnings(), threads.limit(len(rows)):
            warnings.simplefilter("ignore")
            classifier.estimator.fit(rows, truth)
    except Exception as error:  # the libraries' errors have no common base but Exception
        reason = _SOURCE_PLACE.sub("", get_first_line(error))
        raise ParameterError(f"{classifier.name}: {reason}") from error
