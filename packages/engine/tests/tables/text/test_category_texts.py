"""Which values may be the categories of a version."""

import numpy as np
import pytest

from baton_engine.tables.text.category_texts import can_come_from, match_categories
from baton_engine.tables.values import Form, Texts


@pytest.mark.parametrize(
    ("categories", "form", "expected"),
    [
        (("1067", "4103"), "number", True),
        (("1.0", "2.5", "1e+20"), "number", True),
        (("01067", "4103"), "number", False),
        (("female", "male"), "number", False),
        (("True", "False"), "boolean", True),
        (("True", "False"), "number", False),
        (("0", "1"), "boolean", False),
        (("2024-01-31", "2024-02-01"), "time", True),
        (("2024-01-31T12:30:00Z",), "time", True),
        (("12:30:00", "12:30:00.5"), "time", True),
        (("PT86400S", "-PT1S"), "time", True),
        (("morning", "noon"), "time", False),
        ((), "number", False),
    ],
)
def test_what_categories_were_made_of(
    categories: tuple[str, ...], form: Form, *, expected: bool
) -> None:
    """Numbers are refused where training had texts, e.g. codes with leading zeros."""
    assert can_come_from(categories, form) is expected


def test_numbers_are_written_as_the_version_knows_them() -> None:
    """Whatever the other rows of a request are."""
    texts = Texts(["1", None], np.zeros(1, np.int32), "number")
    assert match_categories(texts, ("1.0", "2.5")).distinct == ["1.0", None]
