"""Labels on the way to inference."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from baton_cli.errors import CommandFailed
from baton_cli.predictions import sending
from baton_cli.predictions.label_rows import LabelRow
from baton_cli.predictions.sending import LabelSender

ROWS = [
    LabelRow(f"line {n + 2}", f"r-{n}", n, "yes", 1_500_000 if n else None) for n in range(2500)
]
Answer = Callable[[httpx.Request], httpx.Response]


def accept(_: httpx.Request) -> httpx.Response:
    return httpx.Response(202, json={"accepted": 1})


class FakeInference(httpx.BaseTransport):
    """Answers one request after the other, the last answer again and again."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = [*answers]
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(request)

    @property
    def entries(self) -> list[list[dict[str, Any]]]:
        """The entries of each request."""
        return [json.loads(request.content)["feedback"] for request in self.requests]


def refuse(status: int, detail: str = "no") -> Answer:
    return lambda _: httpx.Response(status, json={"detail": detail})


def disconnect(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("[Errno 111] Connection refused")


def send(fake: FakeInference, rows: list[LabelRow] = ROWS, key: str | None = None) -> list[float]:
    """Sends rows; returns the pauses."""
    pauses: list[float] = []
    with LabelSender("http://h:8000/", key, transport=fake, sleep=pauses.append) as sender:
        sender.send(rows)
    return pauses


def test_batches_in_order() -> None:
    """At most 1,000 labels in a request. A time is sent only if the label has one."""
    fake = FakeInference(accept)
    assert send(fake, key="secret") == []
    assert [*map(len, fake.entries)] == [1000, 1000, 500]
    assert fake.entries[0][0] == {"request_id": "r-0", "row": 0, "label": "yes"}
    assert fake.entries[2][-1]["request_id"] == "r-2499"
    assert fake.entries[0][1]["at"] == "1970-01-01T00:00:01.500Z"
    assert {str(request.url) for request in fake.requests} == {"http://h:8000/feedback"}
    assert fake.requests[0].headers["authorization"] == "Bearer secret"


def test_busy_inference_gets_the_batch_again() -> None:
    """503 and a lost connection are repeated after a pause."""
    fake = FakeInference(refuse(503), disconnect, accept)
    assert len(send(fake)) == 2
    assert fake.entries[0] == fake.entries[1] == fake.entries[2]
    assert sum(map(len, fake.entries[2:])) == 2500


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (refuse(422, "feedback[7].label must be 'no' or 'yes'"), "line 1009: label must be 'no'"),
        (refuse(422, "feedback[7777].label"), "line 1002 to line 2001 (422): feedback"),
        (refuse(401), "answers 401: set BATON_API_KEY or --api-key-file"),
        (refuse(403), "to a key with scope feedback"),
        (refuse(404), "it takes no feedback; set BATON_PREDICTIONS_DIR"),
        (refuse(507, "the labels reached their limit"), "(507): the labels reached their limit"),
        (lambda _: httpx.Response(500, text="<html>"), "(500): Internal Server Error"),
        (lambda _: httpx.Response(200, text="another service"), "(200): OK"),
    ],
)
def test_refusal_names_the_row_and_what_is_stored(answer: Answer, message: str) -> None:
    """The line says how many labels are stored; they can be sent again."""
    with pytest.raises(CommandFailed) as caught:
        send(FakeInference(accept, answer))
    assert message in caught.value.message
    assert caught.value.message.endswith(
        "; the 1,000 labels before are stored, and can be sent again"
    )
    with pytest.raises(CommandFailed, match=r"; nothing was stored$"):
        send(FakeInference(refuse(422)))


@pytest.mark.parametrize("answer", [refuse(503, "too many"), disconnect])
def test_patience_ends(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inference that stays away is a failure."""
    monkeypatch.setattr(sending, "RETRY_FOR_S", 0.0)
    with pytest.raises(CommandFailed, match="nothing was stored"):
        send(FakeInference(answer))
