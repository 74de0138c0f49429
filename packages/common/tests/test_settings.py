"""Settings from variables and files."""

from pathlib import Path

import pytest

from baton_common.settings import SettingsError, read_setting


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"s3cret", "s3cret"),
        (b"s3cret\n", "s3cret"),
        (b"\xef\xbb\xbfs3cret\r\n", "s3cret"),
        ("pässwort\n".encode(), "pässwort"),
        (b"two words\n", "two words"),
        (b"\n", ""),
        (b"", ""),
    ],
)
def test_byte_order_mark_and_line_end_are_removed(
    tmp_path: Path, content: bytes, value: str
) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    assert read_setting("NAME", {"NAME_FILE": str(file)}) == value


@pytest.mark.parametrize(
    ("variable", "value"), [("mine", "mine"), ("", "the file's"), (None, "the file's")]
)
def test_variable_wins_over_file(tmp_path: Path, variable: str | None, value: str) -> None:
    """An empty variable counts as unset."""
    file = tmp_path / "secret"
    file.write_text("the file's")
    environment = {"NAME_FILE": str(file)} | ({} if variable is None else {"NAME": variable})
    assert read_setting("NAME", environment) == value


def test_unset_setting_is_empty() -> None:
    """Compose passes variables that the host does not set as empty."""
    assert read_setting("NAME", {}) == ""
    assert read_setting("NAME", {"NAME": "", "NAME_FILE": ""}) == ""


@pytest.mark.parametrize("kind", ["absent", "folder", "not UTF-8", "not a name"])
def test_unreadable_file_is_one_line(tmp_path: Path, kind: str) -> None:
    """The message names the variable, the file, the reason and the hint."""
    path = tmp_path / "secret"
    if kind == "folder":
        path.mkdir()
    elif kind == "not UTF-8":
        path.write_bytes(b"\xff\xfe\xff")
    name = "\0" if kind == "not a name" else str(path)
    with pytest.raises(SettingsError) as caught:
        read_setting("NAME", {"NAME_FILE": name}, hint="ask the operator")
    line = str(caught.value)
    assert line.startswith(f"NAME_FILE={name}: cannot be read (")
    assert line.endswith("; ask the operator")
    assert "\n" not in line
