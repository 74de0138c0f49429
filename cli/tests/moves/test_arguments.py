from importlib import import_module
from pathlib import Path

import click
import pytest

from baton_cli.main import HIDDEN_VERBS, VERBS
from baton_cli.moves.arguments import Encoding, FilePath, HttpAddress, Seconds, Separator, Version


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon", ""])
def test_refuses_what_is_no_duration(text: str) -> None:
    """A duration is a finite number above zero; all else is a usage error."""
    with pytest.raises(click.BadParameter, match="seconds above 0"):
        Seconds().convert(text, None, None)


def test_reads_a_fraction_of_a_second() -> None:
    """A duration need not be whole."""
    assert Seconds().convert("0.5", None, None) == 0.5


@pytest.mark.parametrize("text", ["0", "01", "1.0", "latest", "-1", "challenger"])
def test_refuses_what_is_no_version(text: str) -> None:
    """A version is a number as the registry writes it, or a name that is allowed here."""
    with pytest.raises(click.BadParameter, match="is not a version number"):
        Version().convert(text, None, None)


@pytest.mark.parametrize("text", ["1", "120", "challenger"])
def test_reads_a_version_or_an_allowed_name(text: str) -> None:
    """Version numbers and allowed names pass as they are."""
    assert Version("challenger").convert(text, None, None) == text


@pytest.mark.parametrize("text", ["inference", "ftp://x", "http://", ""])
def test_refuses_what_is_no_address(text: str) -> None:
    """An address has a scheme that is spoken, and a host."""
    with pytest.raises(click.BadParameter, match="is not an http"):
        HttpAddress().convert(text, None, None)
    assert HttpAddress().convert("http://x/y", None, None) == "http://x/y"


@pytest.mark.parametrize(
    ("kind", "text"), [(Separator(), "ab"), (Encoding(), "base64"), (Encoding(), "x")]
)
def test_refuses_what_no_file_is_read_with(kind: click.ParamType[str], text: str) -> None:
    """A separator is a character or a name, an encoding one that gives text."""
    with pytest.raises(click.BadParameter, match=text):
        kind.convert(text, None, None)
    assert Separator().convert("tab", None, None) == "\t"


def test_a_path_may_begin_with_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell leaves `~` as it is behind `--option=`; a name of no user is that of a file."""
    monkeypatch.setenv("HOME", "/home/me")
    assert FilePath().convert("~/t.csv", None, None) == Path("/home/me/t.csv")
    assert FilePath().convert("~", None, None) == Path("/home/me")
    for text in ("~no-such-user.csv", "a/~/t.csv", "t.csv", "-"):
        assert FilePath().convert(text, None, None) == Path(text)


def test_every_path_option_takes_the_home() -> None:
    """No verb has an option or an argument of click's own kind of path."""
    found = 0
    for name in [*VERBS, *HIDDEN_VERBS]:
        command = getattr(import_module(f"baton_cli.verbs.{name}"), name)
        for each in (command, *getattr(command, "commands", {}).values()):
            kinds = [parameter.type for parameter in each.params]
            assert not any(isinstance(kind, click.Path | click.File) for kind in kinds), name
            found += sum(isinstance(kind, FilePath) for kind in kinds)
    assert found >= 10
