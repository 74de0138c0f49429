"""Secrets from files."""

from pathlib import Path

import pytest

from baton_common.settings import SettingsError
from baton_tracking.settings import load_bucket, load_with_secrets


def test_file_below_the_root_becomes_the_variable(tmp_path: Path) -> None:
    """Without the newline at its end."""
    secret = tmp_path / "password"
    secret.write_text("s3cret\n")

    environment = load_with_secrets({"PGPASSWORD_FILE": str(secret)}, root=str(tmp_path))

    assert environment["PGPASSWORD"] == "s3cret"


def test_variable_wins_over_file(tmp_path: Path) -> None:
    """A byte order mark is removed."""
    secret = tmp_path / "password"
    secret.write_bytes(b"\xef\xbb\xbfs3cret\r\n")
    environment = {"PGPASSWORD_FILE": str(secret)}

    assert load_with_secrets(environment, root=str(tmp_path))["PGPASSWORD"] == "s3cret"
    environment["PGPASSWORD"] = "mine"
    assert load_with_secrets(environment, root=str(tmp_path))["PGPASSWORD"] == "mine"


def test_other_files_are_not_read() -> None:
    environment = {"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt", "HOME": "/tmp"}

    assert load_with_secrets(environment) == environment


@pytest.mark.parametrize("contents", [None, "", "\n"], ids=["absent", "empty", "blank"])
def test_error_names_the_variable_and_the_file(tmp_path: Path, contents: str | None) -> None:
    secret = tmp_path / "password"
    if contents is not None:
        secret.write_text(contents)

    with pytest.raises(SettingsError, match=rf"PGPASSWORD_FILE={secret}"):
        load_with_secrets({"PGPASSWORD_FILE": str(secret)}, root=str(tmp_path))


def test_missing_variable_is_an_error() -> None:
    with pytest.raises(SettingsError, match="BATON_BUCKET is not set"):
        load_bucket({"MLFLOW_S3_ENDPOINT_URL": "http://storage:9000"})
