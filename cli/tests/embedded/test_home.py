from pathlib import Path

import pytest

from baton_cli.embedded.home import Home
from baton_cli.errors import CommandFailed


def test_lock_creates_the_folder(tmp_path: Path) -> None:
    """The folder of the logs exists, too."""
    home = Home(tmp_path / "new" / "home")
    with home.lock():
        assert home.logs.is_dir()


def test_second_lock_is_rejected(tmp_path: Path) -> None:
    """The home is free again after the first block."""
    with Home(tmp_path).lock(), pytest.raises(CommandFailed, match="another baton up uses"):
        Home(tmp_path).lock().__enter__()
    with Home(tmp_path).lock():
        pass


def test_home_that_cannot_be_created_is_one_line(tmp_path: Path) -> None:
    """E.g. below a file."""
    (tmp_path / "file").touch()
    with pytest.raises(CommandFailed, match=r"cannot write .*\(Not a directory\); choose ano"):
        Home(tmp_path / "file" / "home").lock().__enter__()


def test_home_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """The lock file must be writable."""
    (tmp_path / "lock").mkdir()
    with pytest.raises(CommandFailed, match="cannot write"):
        Home(tmp_path).lock().__enter__()


@pytest.mark.parametrize("character", ["?", "%41"])
def test_home_that_a_database_url_cannot_contain_is_one_line(
    tmp_path: Path, character: str
) -> None:
    """SQLite would create the database elsewhere. Nothing is created."""
    with pytest.raises(CommandFailed, match="--home DIR"):
        Home(tmp_path / f"a{character}b").lock().__enter__()
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_created_once_for_the_owner_only(tmp_path: Path) -> None:
    """They stay the same from run to run."""
    secrets = []
    for _ in range(2):
        with Home(tmp_path).lock():
            files = [tmp_path / "webhook.secret", tmp_path / "webhook.key"]
            secrets.append([file.read_text() for file in files])
            assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert secrets[0] == secrets[1]
    assert len({*secrets[0]}) == 2
    assert {len(secret) for secret in secrets[0]} == {44}
