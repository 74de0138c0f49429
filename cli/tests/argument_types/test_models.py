import click
import pytest

from baton_cli.argument_types.models import Version


@pytest.mark.parametrize("text", ["0", "01", "1.0", "latest", "-1", "challenger"])
def test_invalid_version_is_rejected(text: str) -> None:
    """A version is a number as the registry writes it, or an allowed name."""
    with pytest.raises(click.BadParameter, match="is not a version number"):
        Version().convert(text, None, None)


@pytest.mark.parametrize("text", ["1", "120", "challenger"])
def test_version_is_a_number_or_an_allowed_name(text: str) -> None:
    """Both are returned unchanged."""
    assert Version("challenger").convert(text, None, None) == text
