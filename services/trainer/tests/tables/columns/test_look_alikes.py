"""Texts that differ only in white space or case."""

import pandas as pd
import pytest

from baton_trainer.errors import DataError
from baton_trainer.tables.columns import look_alikes, roles


def column(*texts: object) -> pd.Series:
    """A typed column of texts."""
    return pd.Series([*texts] * 20, dtype=object, name="plan")


def test_texts_that_look_alike_are_grouped() -> None:
    """They differ in case or white space only; no white space differs from some."""
    texts = ["New York", "new  york", "New\u00a0York ", "NewYork", "Straße", "STRASSE", "x"]
    assert look_alikes.find(texts) == [
        ["New York", "New\u00a0York ", "new  york"],
        ["STRASSE", "Straße"],
    ]


@pytest.mark.parametrize("is_requested", [False, True])
def test_categories_that_look_alike_give_a_warning(*, is_requested: bool) -> None:
    """A requested category gives it, too; the categories stay."""
    result = roles.detect_role(
        column("basic", "plus", "Basic", "x", "X "), is_requested=is_requested
    )
    assert (result.role, result.distinct) == ("category", 5)
    (line,) = result.warnings
    assert line.startswith("column 'plan': 'Basic' and 'basic' differ only in white space or case")
    assert "1 more" in line


def test_a_column_that_is_left_out_gives_no_such_warning() -> None:
    names = pd.Series([*(f"k{row}" for row in range(60)), "K1"], dtype=object, name="key")
    result = roles.detect_role(names)
    assert result.role == "id"
    assert not any("white space" in line for line in result.warnings)


def test_labels_that_look_alike_are_rejected() -> None:
    """Baton does not guess which of them callers mean."""
    with pytest.raises(DataError, match="f: the labels 'no' and 'no ' of the target 'plan'"):
        look_alikes.check_labels(column("no", "yes", "no "), "f")
    look_alikes.check_labels(column("no", "yes"), "f")
    look_alikes.check_labels(pd.Series([0, 1]), "f")
    look_alikes.check_labels(pd.Series([True, False]), "f")
