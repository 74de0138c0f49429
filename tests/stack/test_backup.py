"""A backup is whole or it is none, and a restored stack is the same stack."""

from pathlib import Path

import pytest

from tests.support.stack.containers import Stack

OTHER_SECRETS = ("database/password", "store/secret_key", "webhook/secret")


@pytest.fixture(scope="module")
def backup(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the stack while it runs."""
    folder = tmp_path_factory.mktemp("backups") / "first"
    assert stack.run("scripts/stack-backup", str(folder)).strip() == str(folder)
    return folder


def damaged(backup: Path, folder: Path, file: str, contents: bytes | None) -> Path:
    """A copy of the backup with one file replaced, or missing."""
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
def test_half_a_backup_is_refused(
    stack: Stack, backup: Path, tmp_path: Path, file: str, contents: bytes | None
) -> None:
    """A backup without its manifest, or with a file that is not the one it names, is refused."""
    half = damaged(backup, tmp_path / "half", file, contents)

    said = stack.run("scripts/stack-restore", str(half), code=1)

    assert "nothing was restored" in said.splitlines()[-1]


def test_a_stack_in_use_is_not_overwritten(stack: Stack, backup: Path) -> None:
    """Restoring into a stack that has data is refused, and changes nothing."""
    before = (stack.versions(), stack.predict())

    said = stack.run("scripts/stack-restore", str(backup), code=1)

    assert "this stack has data" in said.splitlines()[-1]
    assert (stack.versions(), stack.predict()) == before


def test_a_backup_holds_no_password(stack: Stack, backup: Path) -> None:
    """The webhook key is needed to read the database again; no other secret leaves the stack."""
    contents = b"".join(file.read_bytes() for file in backup.iterdir())

    assert stack.secret("tracking/webhook_encryption_key").encode() in contents
    for name in OTHER_SECRETS:
        assert stack.secret(name).encode() not in contents


def test_data_is_not_wiped_unasked(stack: Stack) -> None:
    """`scripts/down -v` without a terminal to ask and without --yes removes nothing."""
    said = stack.run("scripts/down", "-v", code=1)

    assert "for good" in said
    assert stack.containers("postgres")


def test_a_restored_stack_is_the_same(stack: Stack, versions: list[str], tmp_path: Path) -> None:
    """Backup, wipe, restore: the same versions, history and predictions, and other passwords."""
    before = (versions, stack.history(), stack.predict())
    password = stack.secret("database/password")
    stack.run("scripts/stack-backup", str(tmp_path / "last"))
    stack.wipe()

    stack.run("scripts/stack-restore", str(tmp_path / "last"))

    assert (stack.versions(), stack.history(), stack.predict()) == before
    assert stack.secret("database/password") != password
