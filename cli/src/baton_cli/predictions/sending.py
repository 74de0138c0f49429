"""Sends labels to inference: `POST /feedback`."""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any, Self

import httpx

from baton_cli.errors import CommandFailed
from baton_cli.predictions.label_rows import LabelRow
from baton_common.texts import shorten_to_line
from baton_common.utc import format_utc
from baton_registry.rest.tls import Tls, create_context

BATCH_LABELS = 1000
"""As many as inference takes in one request."""
TIMEOUT_S = 30.0
RETRY_FOR_S = 60.0
"""How long one request is repeated while inference is busy or away."""
PAUSE_S = 1.0
_BUSY = (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.BAD_GATEWAY, httpx.codes.GATEWAY_TIMEOUT)
_HINTS = {
    401: "set BATON_API_KEY or --api-key-file to a key with scope feedback",
    403: "set BATON_API_KEY or --api-key-file to a key with scope feedback",
    404: "it takes no feedback; set BATON_PREDICTIONS_DIR of inference",
}


class LabelSender:
    """Sends labels to one address. A context manager: it closes its connections."""

    def __init__(
        self,
        url: str,
        api_key: str | None,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Takes the address of inference or of the proxy in front of it."""
        self._url = url.rstrip("/")
        self._sleep = sleep
        tls = create_context(Tls(), is_needed=url.startswith("https:"))
        self._http = httpx.Client(
            transport=transport or httpx.HTTPTransport(verify=tls),
            timeout=TIMEOUT_S,
            trust_env=False,  # as for the status of inference: no proxy of the environment
            headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def send(self, rows: Sequence[LabelRow]) -> None:
        """Sends labels in batches, in order; returns when all are stored.

        Raises:
            CommandFailed: inference refuses a batch or is away. The batches before are stored.
        """
        for start in range(0, len(rows), BATCH_LABELS):
            batch = rows[start : start + BATCH_LABELS]
            answer = self._post({"feedback": [_encode(row) for row in batch]}, start)
            if answer.status_code != httpx.codes.ACCEPTED:
                raise CommandFailed(f"{self._describe(answer, batch)}{_describe_stored(start)}")

    def _post(self, document: Any, stored: int) -> httpx.Response:
        """Posts one batch; repeats it while inference is busy or away."""
        end_s = time.monotonic() + RETRY_FOR_S
        while True:
            try:
                answer = self._http.post(f"{self._url}/feedback", json=document)
                if answer.status_code not in _BUSY or time.monotonic() >= end_s:
                    return answer
            except httpx.TransportError as error:
                if time.monotonic() >= end_s:
                    reason = shorten_to_line(str(error)) or type(error).__name__
                    raise CommandFailed(
                        f"no answer from {self._url} ({reason}); check --url"
                        f"{_describe_stored(stored)}"
                    ) from error
            self._sleep(PAUSE_S)

    def _describe(self, answer: httpx.Response, batch: Sequence[LabelRow]) -> str:
        detail = _read_detail(answer)
        hint = _HINTS.get(answer.status_code)
        if hint:
            return f"{self._url} answers {answer.status_code}: {hint}"
        if found := re.match(r"feedback\[(\d{1,4})\]\.?", detail):
            number = int(found[1])
            if number < len(batch):
                return f"{batch[number].location}: {detail[found.end() :]}"
        places = f"{batch[0].location} to {batch[-1].location}"
        return f"{self._url} refuses {places} ({answer.status_code}): {detail}"


def _encode(row: LabelRow) -> dict[str, Any]:
    entry = {"request_id": row.identity, "row": row.row, "label": row.text}
    return entry if row.at_us is None else {**entry, "at": format_utc(row.at_us / 1e6)}


def _read_detail(answer: httpx.Response) -> str:
    try:
        return shorten_to_line(str(answer.json()["detail"]))
    except (ValueError, KeyError, TypeError):
        return shorten_to_line(answer.reason_phrase)


def _describe_stored(count: int) -> str:
    """Describes what an earlier batch did. Sending it again does no harm."""
    if not count:
        return "; nothing was stored"
    return f"; the {count:,} labels before are stored, and can be sent again"
