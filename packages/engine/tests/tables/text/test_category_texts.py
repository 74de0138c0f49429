"""Values as categories of a version."""

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
def test_origin_of_categories(categories: tuple[str, ...], form: Form, *, expected: bool) -> None:
    """Numbers cannot match texts such as codes with leading zeros."""
    assert can_come_from(categories, form) is expected


def test_numbers_get_the_texts_of_the_version() -> None:
    texts = Texts(["1", None], np.zeros(1, np.int32), "number")
    assert match_categories(texts, ("1.0", "2.5")).distinct == ["1.0", None]
