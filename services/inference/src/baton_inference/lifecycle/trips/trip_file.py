"""The file in the cache that keeps a trip over a restart."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog

from baton_common.atomic_file import write_atomic
from baton_inference.lifecycle.trips.trip import Trip
from baton_registry.versions.model_version import VersionIdentity

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

    def read(self) -> Trip | None:
        """Returns the trip; None if there is none. Older releases did not name production."""
        try:
            document = json.loads(self._file.read_bytes())
            production = document.get("production")
            return Trip(
                _read_identity(document),
                _read_text(document, "reason"),
                None if production is None else _read_identity(production),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, trip: Trip) -> None:
        """Keeps a trip."""
        production = trip.production
        document = {
            **asdict(trip.canary),
            "reason": trip.reason,
            "production": None if production is None else asdict(production),
        }
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


def _read_identity(document: Mapping[str, Any]) -> VersionIdentity:
    return VersionIdentity(_read_text(document, "version"), _read_text(document, "source"))


def _read_text(document: Mapping[str, Any], key: str) -> str:
    """Reads a text. Raises `KeyError` or `TypeError` if there is none."""
    text = document[key]
    if not isinstance(text, str):
        raise TypeError(f"{key} is not a text")
    return text
