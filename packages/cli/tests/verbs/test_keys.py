"""`baton keys`: what is secret stays so."""

from pathlib import Path

import pytest

from baton_cli.main import run
from baton_registry.signing import parse_signing_key, parse_trusted_keys


def test_a_key_pair_to_sign_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The private half only its owner can read; the public half on stdout, alone."""
    file = tmp_path / "signing.pem"
    assert run(["keys", "signing", str(file)]) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    out, err = capsys.readouterr()
    assert parse_trusted_keys(out) == (parse_signing_key(file.read_text()).public,)
    assert "PRIVATE" not in out + err


def test_a_key_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A key that is in use cannot be made again."""
    file = tmp_path / "signing.pem"
    file.write_text("in use")
    assert run(["keys", "signing", str(file)]) == 1
    assert capsys.readouterr().err.startswith(f"baton: {file} is there already")
    assert file.read_text() == "in use"
    assert run(["keys", "signing", str(tmp_path / "no" / "folder")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
