import click
import pytest

from baton_cli.argument_types.csv_files import Encoding, Separator


@pytest.mark.parametrize(
    ("kind", "text"), [(Separator(), "ab"), (Encoding(), "base64"), (Encoding(), "x")]
)
def test_invalid_separator_or_encoding_is_rejected(kind: click.ParamType[str], text: str) -> None:
    """A separator is a character or a name; an encoding is a text encoding."""
    with pytest.raises(click.BadParameter, match=text):
        kind.convert(text, None, None)
    assert Separator().convert("tab", None, None) == "\t"
