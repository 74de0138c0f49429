"""A restored stack is the same stack; an incomplete backup is rejected."""

from pathlib import Path

import pytest

from tests.support.stack.containers import Stack

OTHER_SECRETS = ("database/password", "store/secret_key", "webhook/secret")


@pytest.fixture(scope="module")
def backup(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the running stack."""
    folder = tmp_path_factory.mktemp("backups") / "first"
    assert stack.run("scripts/stack-backup", str(folder)).strip() == str(folder)
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
    stack: Stack, backup: Path, tmp_path: Path, file: str, contents: bytes | None
) -> None:
    """A backup with a missing or altered file is rejected."""
    incomplete = damage(backup, tmp_path / "incomplete", file, contents)

    output = stack.run("scripts/stack-restore", str(incomplete), code=1)

    assert "nothing was restored" in output.splitlines()[-1]


def test_stack_with_data_is_not_overwritten(stack: Stack, backup: Path) -> None:
    """A restore into a stack with data is rejected and changes nothing."""
    before = (stack.versions(), stack.predict())

    output = stack.run("scripts/stack-restore", str(backup), code=1)

    assert "this stack has data" in output.splitlines()[-1]
    assert (stack.versions(), stack.predict()) == before


def test_backup_has_no_password(stack: Stack, backup: Path) -> None:
    """It has the webhook key, which the database needs, and no other secret."""
    contents = b"".join(file.read_bytes() for file in backup.iterdir())

    assert stack.secret("tracking/webhook_encryption_key").encode() in contents
    for name in OTHER_SECRETS:
        assert stack.secret(name).encode() not in contents


def test_data_is_not_deleted_without_confirmation(stack: Stack) -> None:
    """`scripts/down -v` without a terminal and without --yes deletes nothing."""
    output = stack.run("scripts/down", "-v", code=1)

    assert "for good" in output
    assert stack.containers("postgres")


def test_restored_stack_is_the_same(stack: Stack, versions: list[str], tmp_path: Path) -> None:
    """Versions, history and predictions are the same; passwords are new."""
    before = (versions, stack.history(), stack.predict())
    password = stack.secret("database/password")
    stack.run("scripts/stack-backup", str(tmp_path / "last"))
    stack.wipe()

    stack.run("scripts/stack-restore", str(tmp_path / "last"))

    assert (stack.versions(), stack.history(), stack.predict()) == before
    assert stack.secret("database/password") != password
