"""Paths and URLs."""

import fsspec
import pytest

from baton_cli.errors import CommandFailed
from baton_cli.storage_location import StorageLocation


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("http://host/x.csv", "neither a path nor a URL"),
        ("s3://a::file://b", "neither a path nor a URL"),
        ("s3://key:secret@bucket/x", "must not have a password"),
    ],
)
def test_other_urls_are_rejected(text: str, message: str) -> None:
    """Among them those with credentials, which would be in tasks."""
    with pytest.raises(ValueError, match=message):
        StorageLocation.parse(text)


@pytest.mark.parametrize("text", ["s3://bucket/x/", "abfs://box@account.dfs.core.windows.net/x"])
def test_url_is_no_path(text: str) -> None:
    """A container's name before `@` is no password."""
    location = StorageLocation.parse(text)
    assert not location.is_local
    assert str(location.append("y")) == f"{text.rstrip('/')}/y"
    assert location.make_absolute() == location


def test_unusable_credentials_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package of Azure rejects its variables before it connects."""

    def refuse(*_: object, **__: object) -> None:
        raise ValueError("unable to connect to account for Connection string is malformed.\nmore")

    monkeypatch.setattr(fsspec.core, "url_to_fs", refuse)
    with pytest.raises(CommandFailed) as failure:
        StorageLocation("abfs://lake/x").open_filesystem()
    assert str(failure.value).startswith("cannot open abfs://lake/x: unable to connect to account")
    assert "more" not in str(failure.value)
