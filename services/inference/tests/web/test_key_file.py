"""The file of API keys: what changes in it holds from then on."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from baton_inference.web.key_file import KeyFile
from baton_registry.api_keys import Scope, generate_key

OLD, OLD_KEY = generate_key("old", [Scope.SCORING])
NEW, NEW_KEY = generate_key("new", [Scope.SCORING])


def knows(keys: KeyFile, secret: str) -> bool:
    """Whether the ring of the moment has the key."""
    return keys.ring.find(secret.encode()) is not None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with the old key."""
    file = tmp_path / "keys"
    file.write_text(OLD_KEY.line)
    return file


def test_a_byte_order_mark_is_no_part_of_a_key(file: Path) -> None:
    """Editors of Windows write one."""
    file.write_text("\ufeff" + OLD_KEY.line, encoding="utf-8")
    assert knows(KeyFile(file), OLD)


def test_keys_are_rotated(file: Path) -> None:
    """A key that is added holds after the next look, one that is taken out no longer does."""
    keys = KeyFile(file)
    assert knows(keys, OLD)
    file.write_text(f"{OLD_KEY.line}\n{NEW_KEY.line}")
    assert not knows(keys, NEW)
    keys.refresh()
    assert knows(keys, OLD)
    assert knows(keys, NEW)
    file.write_text(NEW_KEY.line)
    keys.refresh()
    assert not knows(keys, OLD)


def test_a_file_that_takes_the_others_place_is_seen(file: Path, tmp_path: Path) -> None:
    """Also behind a link that is turned, as Kubernetes does it."""
    link, other = tmp_path / "link", tmp_path / "other"
    other.write_text(NEW_KEY.line)
    link.symlink_to(file)
    keys = KeyFile(link)
    link.unlink()
    link.symlink_to(other)
    keys.refresh()
    assert knows(keys, NEW)


@pytest.mark.parametrize("content", [b"", b"new scoring", b"\xff\xfe", None])
def test_a_file_that_is_of_no_use_changes_nothing(file: Path, content: bytes | None) -> None:
    """Cut off, mistyped or gone: the keys before still hold, and it is told once."""
    keys = KeyFile(file)
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with capture_logs() as logs:
        keys.refresh()
        keys.refresh()
    assert knows(keys, OLD)
    assert [entry["log_level"] for entry in logs] == ["warning"]
    file.write_text(NEW_KEY.line)
    keys.refresh()
    assert knows(keys, NEW)


def test_an_unchanged_file_is_not_read(file: Path) -> None:
    """A look at it costs one call, whatever its size."""
    keys = KeyFile(file)
    ring = keys.ring
    keys.refresh()
    assert keys.ring is ring


def test_without_a_good_file_nothing_starts(tmp_path: Path) -> None:
    """At the start there are no keys before: it is an error that says why."""
    with pytest.raises(ValueError, match="No such file"):
        KeyFile(tmp_path / "none")
    (tmp_path / "keys").write_text("a b c")
    with pytest.raises(ValueError, match="line 1"):
        KeyFile(tmp_path / "keys")


def test_its_thread_looks_by_itself(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever started it need not ask."""
    monkeypatch.setattr("baton_inference.web.key_file.CHECK_INTERVAL_S", 0.001)
    keys = KeyFile(file)
    file.write_text(NEW_KEY.line)
    keys.start()
    while not knows(keys, NEW):
        pass
    keys.stop()
