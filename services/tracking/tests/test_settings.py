"""Secrets come from files, and a file that is of no use ends the process with one line."""

from pathlib import Path

import pytest

from baton_tracking.settings import SettingsError, load_bucket, load_with_secrets


def test_a_file_below_the_root_becomes_the_variable(tmp_path: Path) -> None:
    """`NAME_FILE` becomes `NAME`, without the newline that an editor leaves."""
    secret = tmp_path / "password"
    secret.write_text("s3cret\n")

    environment = load_with_secrets({"PGPASSWORD_FILE": str(secret)}, root=str(tmp_path))

    assert environment["PGPASSWORD"] == "s3cret"


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
