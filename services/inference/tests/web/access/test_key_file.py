"""The API key file and its reloads."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from baton_common.api_keys import Scope, generate_key
from baton_inference.web.access.key_file import KeyFile

OLD, OLD_KEY = generate_key("old", [Scope.SCORING])
NEW, NEW_KEY = generate_key("new", [Scope.SCORING])


def has_key(keys: KeyFile, secret: str) -> bool:
    """Whether the current ring has the key."""
    return keys.ring.find(secret.encode()) is not None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with the old key."""
    file = tmp_path / "keys"
    file.write_text(OLD_KEY.line)
    return file


def test_byte_order_mark_is_ignored(file: Path) -> None:
    """Windows editors write a byte order mark."""
    file.write_text("\ufeff" + OLD_KEY.line, encoding="utf-8")
    assert has_key(KeyFile(file), OLD)


def test_keys_are_rotated(file: Path) -> None:
    """After a reload, a new key is valid and a removed key is not."""
    keys = KeyFile(file)
    assert has_key(keys, OLD)
    file.write_text(f"{OLD_KEY.line}\n{NEW_KEY.line}")
    assert not has_key(keys, NEW)
    keys.refresh()
    assert has_key(keys, OLD)
    assert has_key(keys, NEW)
    file.write_text(NEW_KEY.line)
    keys.refresh()
    assert not has_key(keys, OLD)


def test_replaced_link_target_is_reloaded(file: Path, tmp_path: Path) -> None:
    """Kubernetes replaces the target of a link."""
    link, other = tmp_path / "link", tmp_path / "other"
    other.write_text(NEW_KEY.line)
    link.symlink_to(file)
    keys = KeyFile(link)
    link.unlink()
    link.symlink_to(other)
    keys.refresh()
    assert has_key(keys, NEW)


@pytest.mark.parametrize("content", [b"", b"new scoring", b"\xff\xfe", None])
def test_invalid_file_keeps_the_previous_keys(file: Path, content: bytes | None) -> None:
    """An empty, invalid or missing file is logged once, and the previous keys stay valid."""
    keys = KeyFile(file)
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with capture_logs() as logs:
        keys.refresh()
        keys.refresh()
    assert has_key(keys, OLD)
    assert [entry["log_level"] for entry in logs] == ["warning"]
    file.write_text(NEW_KEY.line)
    keys.refresh()
    assert has_key(keys, NEW)


def test_unchanged_file_is_not_reloaded(file: Path) -> None:
    """Without a change the ring stays the same object."""
    keys = KeyFile(file)
    ring = keys.ring
    keys.refresh()
    assert keys.ring is ring


def test_invalid_file_at_the_start_is_an_error(tmp_path: Path) -> None:
    """At the start there are no previous keys; the error has the reason."""
    with pytest.raises(ValueError, match="No such file"):
        KeyFile(tmp_path / "none")
    (tmp_path / "keys").write_text("a b c")
    with pytest.raises(ValueError, match="line 1"):
        KeyFile(tmp_path / "keys")


def test_thread_reloads_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The background thread detects a change."""
    monkeypatch.setattr("baton_inference.web.access.key_file.CHECK_INTERVAL_S", 0.001)
    keys = KeyFile(file)
    file.write_text(NEW_KEY.line)
    keys.start()
    while not has_key(keys, NEW):
        pass
    keys.stop()
