"""Secrets come from files, and a file that is of no use ends the process with one line."""

from pathlib import Path

import pytest

from baton_common.settings import SettingsError
from baton_tracking.settings import load_bucket, load_with_secrets


def test_a_file_below_the_root_becomes_the_variable(tmp_path: Path) -> None:
    """`NAME_FILE` becomes `NAME`, without the newline that an editor leaves."""
    secret = tmp_path / "password"
    secret.write_text("s3cret\n")

    environment = load_with_secrets({"PGPASSWORD_FILE": str(secret)}, root=str(tmp_path))

    assert environment["PGPASSWORD"] == "s3cret"


def test_secrets_are_read_as_everywhere(tmp_path: Path) -> None:
    """A file that an editor of Windows wrote is one, too, and a variable comes before its file."""
    secret = tmp_path / "password"
    secret.write_bytes(b"\xef\xbb\xbfs3cret\r\n")
    given = {"PGPASSWORD_FILE": str(secret)}

    assert load_with_secrets(given, root=str(tmp_path))["PGPASSWORD"] == "s3cret"
    given["PGPASSWORD"] = "mine"
    assert load_with_secrets(given, root=str(tmp_path))["PGPASSWORD"] == "mine"


def test_other_files_are_left_alone() -> None:
    """A variable of somebody else that ends the same way is not read."""
    given = {"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt", "HOME": "/tmp"}

    assert load_with_secrets(given) == given


@pytest.mark.parametrize("contents", [None, "", "\n"], ids=["absent", "empty", "blank"])
def test_a_useless_file_is_named(tmp_path: Path, contents: str | None) -> None:
    """The line names the variable and the file."""
    secret = tmp_path / "password"
    if contents is not None:
        secret.write_text(contents)

    with pytest.raises(SettingsError, match=rf"PGPASSWORD_FILE={secret}"):
        load_with_secrets({"PGPASSWORD_FILE": str(secret)}, root=str(tmp_path))


def test_a_missing_variable_is_named() -> None:
    """No bucket is guessed."""
    with pytest.raises(SettingsError, match="BATON_BUCKET is not set"):
        load_bucket({"MLFLOW_S3_ENDPOINT_URL": "http://storage:9000"})
