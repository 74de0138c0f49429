"""A model inside of an object of the user's own class, a `python_function` of MLflow."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from baton_trainer.importing.isolation.child.errors import NotImportable

_LIBRARIES = ("sklearn.", "xgboost.", "lightgbm.", "catboost.")
_TOLERANCE = 1e-12  # one multiplication more or less; anything that a user adds is larger


def unwrap(wrapper: Any) -> Any:
    """Finds the only model among the attributes of the wrapper.

    Raises:
        NotImportable: it has none or several.
    """
    found = [name for name, value in vars(wrapper).items() if _is_model(value)]
    if len(found) != 1:
        raise NotImportable(
            f"{type(wrapper).__name__} holds {len(found) or 'no'} models as attributes; Baton"
            " imports a python_function that holds one and returns its answers. Log the model"
            " itself with its own flavor"
        )
    return vars(wrapper)[found[0]]


def compare_with_inside(
    wrapper: Any, rows: Any, answers: Mapping[str, Any], classes: Sequence[Any]
) -> None:
    """Checks that the wrapper answers what the model inside answers.

    Raises:
        NotImportable: it answers something else.
    """
    answer = np.asarray(_call(wrapper, rows))
    if not any(_is_same(answer, each) for each in _list_forms(answers, classes)):
        raise NotImportable(
            f"{type(wrapper).__name__}.predict changes the answers of the model inside; Baton"
            " imports only a python_function that returns them. Log the model itself with its own"
            " flavor"
        )


def _is_model(value: Any) -> bool:
    kinds = [kind for kind in type(value).__mro__ if kind is not object]
    return hasattr(value, "predict") and any(
        f"{kind.__module__}.".startswith(_LIBRARIES) for kind in kinds
    )


def _call(wrapper: Any, rows: Any) -> Any:
    """Calls `predict` with or without a context, which newer versions of MLflow leave out."""
    names = list(inspect.signature(wrapper.predict).parameters)
    return wrapper.predict(None, rows) if names[:1] == ["context"] else wrapper.predict(rows)


def _list_forms(answers: Mapping[str, Any], classes: Sequence[Any]) -> Iterator[Any]:
    """Yields what a user may return of the model's answers."""
    for name, matrix in answers.items():
        if name == "label" and classes:
            yield np.array(classes)[matrix[:, 0].astype(int)]
        yield matrix
        if name == "probabilities":
            yield matrix[:, 1:2]


def _is_same(answer: Any, expected: Any) -> bool:
    answer = answer.reshape(len(answer), -1)
    expected = expected.reshape(len(expected), -1)
    if answer.shape != expected.shape:
        return False
    if expected.dtype.kind in "fiub" and answer.dtype.kind in "fiub":
        return np.allclose(answer, expected, rtol=_TOLERANCE, atol=0, equal_nan=True)
    return bool((answer.astype(str) == expected.astype(str)).all())
