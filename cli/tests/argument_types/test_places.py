from pathlib import Path

import click
import pytest

from baton_cli.argument_types.places import DataLocation, FilePath, HttpAddress
from baton_cli.main import HIDDEN_VERBS, VERBS, cli


def test_path_expands_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell does not expand `~` after `--option=`; `~unknown` is a file name."""
    monkeypatch.setenv("HOME", "/home/me")
    assert FilePath().convert("~/t.csv", None, None) == Path("/home/me/t.csv")
    assert FilePath().convert("~", None, None) == Path("/home/me")
    for text in ("~no-such-user.csv", "a/~/t.csv", "t.csv", "-"):
        assert FilePath().convert(text, None, None) == Path(text)


def test_location_is_a_path_or_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password in it is refused, and not shown."""
    monkeypatch.setenv("HOME", "/home/me")
    convert = DataLocation().convert
    assert convert("~/t.csv", None, None) == Path("/home/me/t.csv")
    assert convert("s3://bucket/t.csv", None, None) == "s3://bucket/t.csv"
    with pytest.raises(click.BadParameter, match="BATON_DATABASE_PASSWORD") as caught:
        convert("postgresql://me:secret@host/db", None, None)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("text", ["inference", "ftp://x", "http://", ""])
def test_invalid_address_is_rejected(text: str) -> None:
    """An address has the scheme http or https, and a host."""
    with pytest.raises(click.BadParameter, match="is not an http"):
        HttpAddress().convert(text, None, None)
    assert HttpAddress().convert("http://x/y", None, None) == "http://x/y"


def test_every_path_option_expands_the_home_folder() -> None:
    """No verb uses click's own path types."""
    count = 0
    for name in [*VERBS, *HIDDEN_VERBS]:
        command = cli.get_command(click.Context(cli), name)
        for each in (command, *getattr(command, "commands", {}).values()):
            kinds = [parameter.type for parameter in each.params]
            assert not any(isinstance(kind, click.Path | click.File) for kind in kinds), name
            count += sum(isinstance(kind, FilePath | DataLocation) for kind in kinds)
    assert count >= 10
