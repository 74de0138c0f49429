from pathlib import Path

import pytest

from baton_cli.embedded.home import Home
from baton_cli.errors import CommandFailed


def test_makes_the_folder_and_its_logs(tmp_path: Path) -> None:
    """The first start needs nothing to be there."""
    home = Home(tmp_path / "new" / "home")
    with home.lock():
        assert home.logs.is_dir()


def test_is_held_by_one_at_a_time(tmp_path: Path) -> None:
    """A second holder is told in one line; after the first, the home is free."""
    with Home(tmp_path).lock(), pytest.raises(CommandFailed, match="another baton up uses"):
        Home(tmp_path).lock().__enter__()
    with Home(tmp_path).lock():
        pass


def test_a_home_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    """A file in its place is no folder."""
    (tmp_path / "file").touch()
    with pytest.raises(CommandFailed, match=r"cannot be written \(Not a directory\); choose ano"):
        Home(tmp_path / "file" / "home").lock().__enter__()


def test_a_home_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """Being there is not enough: the lock must be writable too."""
    (tmp_path / "lock").mkdir()
    with pytest.raises(CommandFailed, match="cannot be written"):
        Home(tmp_path).lock().__enter__()


@pytest.mark.parametrize("odd", ["?", "%41"])
def test_a_home_that_cannot_be_in_a_database_address_is_one_line(tmp_path: Path, odd: str) -> None:
    """SQLite would put the database elsewhere: such a home is refused before anything is made."""
    with pytest.raises(CommandFailed, match="--home DIR"):
        Home(tmp_path / f"a{odd}b").lock().__enter__()
    assert list(tmp_path.iterdir()) == []


def test_secrets_are_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    """What webhooks are signed with stays the same from one run to the next."""
    made = []
    for _ in range(2):
        with Home(tmp_path).lock():
            files = [tmp_path / "webhook.secret", tmp_path / "webhook.key"]
            made.append([file.read_text() for file in files])
            assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert made[0] == made[1]
    assert len({*made[0]}) == 2
    assert {len(secret) for secret in made[0]} == {44}
