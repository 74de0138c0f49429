"""The file of API keys, read again whenever it changes: keys are rotated without a restart."""

import threading
from pathlib import Path

import structlog

from baton_registry.api_keys import KeyRing, parse_keys

CHECK_INTERVAL_S = 1.0

log = structlog.get_logger("baton.access")


class KeyFile:
    """The keys, as the file last said them. A thread of its own looks whether it has changed."""

    def __init__(self, path: Path) -> None:
        """Reads the file.

        Raises:
            ValueError: it cannot be read, or is not what it should be; the text says where.
        """
        self._path = path
        self._seen = _mark(path)
        self.ring: KeyRing = _read(path)
        """Replaced whole, so any thread may read it."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="api-keys", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._stopping.set()

    def refresh(self) -> None:
        """Reads the file if it has changed; one that is of no use leaves the keys as they were.

        A change is told once, whatever came of it.
        """
        mark = _mark(self._path)
        if mark == self._seen:
            return
        self._seen = mark
        try:
            self.ring = _read(self._path)
        except ValueError as error:
            reason = str(error)
            log.warning("the file of API keys is of no use; those before hold", reason=reason)
        else:
            log.info("the API keys were read again", keys=len(self.ring))

    def _run(self) -> None:
        while not self._stopping.wait(CHECK_INTERVAL_S):
            self.refresh()


def _mark(path: Path) -> tuple[int, int, int] | None:
    """What differs where a file was altered or replaced, also behind a link; None: it is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


def _read(path: Path) -> KeyRing:
    try:
        return parse_keys(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError("it is not text") from error
    except OSError as error:
        raise ValueError(error.strerror or "it cannot be read") from error
