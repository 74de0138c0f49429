"""A setting as a variable, or as the file that another variable names."""

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
def test_a_file_is_read_without_what_editors_add(
    tmp_path: Path, content: bytes, value: str
) -> None:
    """A newline at its end and the mark of UTF-8 at its beginning are no part of a secret."""
    file = tmp_path / "secret"
    file.write_bytes(content)
    assert read_setting("NAME", {"NAME_FILE": str(file)}) == value


@pytest.mark.parametrize(
    ("variable", "value"), [("mine", "mine"), ("", "the file's"), (None, "the file's")]
)
def test_the_variable_comes_before_the_file(
    tmp_path: Path, variable: str | None, value: str
) -> None:
    """If both are set, the variable counts; one that is set to nothing counts as unset."""
    file = tmp_path / "secret"
    file.write_text("the file's")
    environment = {"NAME_FILE": str(file)} | ({} if variable is None else {"NAME": variable})
    assert read_setting("NAME", environment) == value


def test_what_is_not_set_is_empty() -> None:
    """So is a file whose name is empty, as Compose passes on what the host does not set."""
    assert read_setting("NAME", {}) == ""
    assert read_setting("NAME", {"NAME": "", "NAME_FILE": ""}) == ""


@pytest.mark.parametrize("what", ["absent", "folder", "not UTF-8", "not a name"])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, what: str) -> None:
    """The line names the variable, the file, why, and what to do."""
    path = tmp_path / "secret"
    if what == "folder":
        path.mkdir()
    elif what == "not UTF-8":
        path.write_bytes(b"\xff\xfe\xff")
    name = "\0" if what == "not a name" else str(path)
    with pytest.raises(SettingsError) as caught:
        read_setting("NAME", {"NAME_FILE": name}, hint="ask the operator")
    line = str(caught.value)
    assert line.startswith(f"NAME_FILE={name}: cannot be read (")
    assert line.endswith("; ask the operator")
    assert "\n" not in line
