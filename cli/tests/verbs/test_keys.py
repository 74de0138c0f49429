"""`baton keys` keeps secrets secret."""

from pathlib import Path

import pytest

from baton_cli.main import run
from baton_common.api_keys import parse_keys
from baton_registry.versions.keys import parse_signing_key, parse_trusted_keys


def test_signing_key_pair(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the owner can read the private key; stdout has only the public key."""
    file = tmp_path / "signing.pem"
    assert run(["keys", "signing", str(file)]) == 0
    assert file.stat().st_mode & 0o777 == 0o600
    out, err = capsys.readouterr()
    assert parse_trusted_keys(out) == (parse_signing_key(file.read_text()).public,)
    assert "PRIVATE" not in out + err


def test_key_file_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The key may be in use."""
    file = tmp_path / "signing.pem"
    file.write_text("in use")
    assert run(["keys", "signing", str(file)]) == 1
    assert capsys.readouterr().err.startswith(f"baton: {file} exists")
    assert file.read_text() == "in use"
    assert run(["keys", "signing", str(tmp_path / "no" / "folder")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_api_key_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Stdout has only the key; stderr has the line with its hash. Default scope: scoring."""
    assert run(["keys", "api", "crm"]) == 0
    out, err = capsys.readouterr()
    line = err.splitlines()[-2]
    assert line.split()[:2] == ["crm", "scoring"]
    key = parse_keys(line).find(out.strip().encode())
    assert key is not None
    assert out.strip() not in err


def test_api_key_is_appended_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Existing lines stay, also a last line without a line break."""
    file = tmp_path / "keys"
    assert run(["keys", "api", "a", "--file", str(file)]) == 0
    file.write_text(f"# first\n{file.read_text().strip()}")
    file.chmod(0o640)
    scopes = ["--scope", "operations", "--scope", "scoring"]
    assert run(["keys", "api", "b", *scopes, "--file", str(file)]) == 0
    secrets = capsys.readouterr().out.split()
    ring = parse_keys(file.read_text())
    assert [key.name for secret in secrets if (key := ring.find(secret.encode()))] == ["a", "b"]
    assert file.read_text().startswith("# first\n")
    assert file.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["keys"]


def test_invalid_arguments_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name with a space, a missing folder; an unknown scope is a usage error."""
    assert run(["keys", "api", "a b"]) == 1
    assert run(["keys", "api", "a", "--file", str(tmp_path / "no" / "keys")]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 2)
    assert run(["keys", "api", "a", "--scope", "all"]) == 2
