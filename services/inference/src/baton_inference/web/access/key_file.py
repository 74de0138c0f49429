"""The API key file. Baton reloads it after each change, so keys rotate without a restart."""

import threading
from pathlib import Path

import structlog

from baton_common.api_keys import KeyRing, parse_keys

CHECK_INTERVAL_S = 1.0

log = structlog.get_logger("baton.access")


class KeyFile:
    """The API keys of a file. A background thread checks the file for changes."""

    def __init__(self, path: Path) -> None:
        """Loads the file.

        Raises:
            ValueError: the file is unreadable or invalid; the message names the line.
        """
        self._path = path
        self._last_stat = _read_stat(path)
        self.ring: KeyRing = _load_keys(path)
        """Replaced as a whole, so any thread may read it."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="api-keys", daemon=True)

    def start(self) -> None:
        """Starts the background thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stops the background thread."""
        self._stopping.set()

    def refresh(self) -> None:
        """Reloads the file if it has changed; an invalid file keeps the previous keys.

        Each change is logged once, whether it is valid or not.
        """
        stat = _read_stat(self._path)
        if stat == self._last_stat:
            return
        self._last_stat = stat
        try:
            self.ring = _load_keys(self._path)
        except ValueError as error:
            reason = str(error)
            log.warning("API key file is invalid; keeping the previous keys", reason=reason)
        else:
            log.info("API keys reloaded", keys=len(self.ring))

    def _run(self) -> None:
        while not self._stopping.wait(CHECK_INTERVAL_S):
            self.refresh()


def _read_stat(path: Path) -> tuple[int, int, int] | None:
    """Reads what changes if a file is edited or replaced, also behind a link; None: no file."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino, stat.st_size


def _load_keys(path: Path) -> KeyRing:
    try:
        return parse_keys(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ValueError("the file is not text") from error
    except OSError as error:
        raise ValueError(error.strerror or "the file cannot be read") from error
