"""A restored stack is the same stack; an incomplete backup is rejected.

Release before, this release, backup, restore: the stack of this folder goes the whole way.
"""

from pathlib import Path

import pytest

from tests.support.stack.containers import Stack

OTHER_SECRETS = ("database/password", "store/secret_key", "webhook/secret")


@pytest.fixture(scope="module")
def backup(upgraded: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the running upgraded."""
    folder = tmp_path_factory.mktemp("backups") / "first"
    assert upgraded.run("scripts/stack-backup", str(folder)).strip() == str(folder)
    return folder


def damage(backup: Path, folder: Path, file: str, contents: bytes | None) -> Path:
    """Copies the backup; replaces or removes one file."""
    folder.mkdir()
    for source in backup.iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    (folder / file).unlink()
    if contents is not None:
        (folder / file).write_bytes(contents)
    return folder


@pytest.mark.parametrize(
    ("file", "contents"),
    [("manifest", None), ("bucket.tar", None), ("database.dump", b"cut short")],
)
def test_incomplete_backup_is_rejected(
    upgraded: Stack, backup: Path, tmp_path: Path, file: str, contents: bytes | None
) -> None:
    """A backup with a missing or altered file is rejected."""
    incomplete = damage(backup, tmp_path / "incomplete", file, contents)

    output = upgraded.run("scripts/stack-restore", str(incomplete), code=1)

    assert "nothing was restored" in output.splitlines()[-1]


def test_stack_with_data_is_not_overwritten(upgraded: Stack, backup: Path) -> None:
    """A restore into a stack with data is rejected and changes nothing."""
    before = (upgraded.versions(), upgraded.predict())

    output = upgraded.run("scripts/stack-restore", str(backup), code=1)

    assert "this stack has data" in output.splitlines()[-1]
    assert (upgraded.versions(), upgraded.predict()) == before


def test_backup_has_no_password(upgraded: Stack, backup: Path) -> None:
    """It has the webhook key, which the database needs, and no other secret."""
    contents = b"".join(file.read_bytes() for file in backup.iterdir())
    key, *others = upgraded.read_secrets("tracking/webhook_encryption_key", *OTHER_SECRETS)

    assert key.encode() in contents
    assert [other for other in others if other.encode() in contents] == []


def test_data_is_not_deleted_without_confirmation(upgraded: Stack) -> None:
    """`scripts/down -v` without a terminal and without --yes deletes nothing."""
    output = upgraded.run("scripts/down", "-v", code=1)

    assert "for good" in output
    assert upgraded.containers("postgres")


def test_restored_stack_is_the_same(upgraded: Stack, backup: Path) -> None:
    """Versions, history and predictions are the same; passwords are new."""
    before = (upgraded.versions(), upgraded.history(), upgraded.predict())
    password = upgraded.secret("database/password")
    upgraded.wipe()

    upgraded.run("scripts/stack-restore", str(backup))

    assert (upgraded.versions(), upgraded.history(), upgraded.predict()) == before
    assert upgraded.secret("database/password") != password
