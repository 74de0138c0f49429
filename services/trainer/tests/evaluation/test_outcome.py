import pytest

from baton_trainer.evaluation.outcome import format_like


@pytest.mark.parametrize(
    ("value", "like", "text"),
    [
        (-60.346, 53_758, "-60"),
        (-0.4, 53_758, "0"),
        (12.3, 537.58, "12.30"),
        (0.1, 0.53758, "0.10000"),
        (1234.5, 99_999.9, "1,234"),
        (0.5, 0.0, "0.5"),
        (0.5, 1e16, "0.5"),
    ],
)
def test_a_number_has_the_decimals_of_its_column(value: float, like: float, text: str) -> None:
    """A column of zeros, or of very large numbers, has none."""
    assert format_like(value, like) == text
