"""The file in the cache that keeps a trip over a restart."""

import hashlib
import json
from pathlib import Path

import structlog

from baton_common.atomic_file import write_atomic
from baton_inference.lifecycle.policy import Identity

log = structlog.get_logger("baton.watcher")


class TripFile:
    """The canary of one model and alias that tripped. A disk that fails is logged.

    Several processes can share the folder. A trip of one of them then holds for all of them after
    their next start.
    """

    def __init__(self, cache_dir: Path, model_name: str, alias: str) -> None:
        """Reads nothing yet."""
        parts = f"{model_name}\0{alias}".encode(errors="surrogatepass")
        self._file = cache_dir / "tripped" / f"{hashlib.sha256(parts).hexdigest()[:32]}.json"

    def read(self) -> tuple[Identity, str] | None:
        """Returns the canary that tripped and why; None if there is none."""
        try:
            document = json.loads(self._file.read_bytes())
            version, source, reason = (document[key] for key in ("version", "source", "reason"))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not all(isinstance(each, str) for each in (version, source, reason)):
            return None
        return Identity(version, source), reason

    def write(self, identity: Identity, reason: str) -> None:
        """Keeps a trip."""
        document = {"version": identity.version, "source": identity.source, "reason": reason}
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self._file, json.dumps(document).encode(), mode=0o600)
        except OSError as error:
            log.warning("the trip of the canary cannot be kept", reason=error.strerror)

    def remove(self) -> None:
        """Forgets the trip."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("the trip of the canary cannot be forgotten", reason=error.strerror)
