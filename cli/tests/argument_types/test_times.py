import click
import pytest

from baton_cli.argument_types.times import Seconds


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon", ""])
def test_invalid_duration_is_rejected(text: str) -> None:
    """A duration is a finite number above zero."""
    with pytest.raises(click.BadParameter, match="seconds above 0"):
        Seconds().convert(text, None, None)


def test_duration_may_be_a_fraction() -> None:
    """0.5 is half a second."""
    assert Seconds().convert("0.5", None, None) == 0.5
