"""The open-loop generator against a tiny server."""

import itertools
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bench.load.generator import Generator, arrivals
from bench.load.order import Order
from tests.support.fakes.tiny_server import Respond, answer, tiny_server

PER_S = 400.0
SECONDS = 0.25


@pytest.fixture
def stop() -> Iterator[tuple[int, int]]:
    """A pipe; what is written to its second end stops the load."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


@dataclass
class Load:
    """A load against a tiny server."""

    folder: Path
    stop: int
    connections: int = 8
    seconds: float = SECONDS
    expected: Mapping[str, Any] = field(default_factory=dict)

    def run(self, respond: Respond) -> Generator:
        body = self.folder / "body.json"
        body.write_text("{}")
        with tiny_server(respond) as port:
            order = Order(
                port=port,
                path="/",
                body=str(body),
                per_s=PER_S,
                seconds=self.seconds,
                latencies="",
                connections=self.connections,
                expected=self.expected,
            )
            generator = Generator(order, self.stop)
            generator.run()
            generator.close()
        return generator


def test_every_request_that_was_due_is_answered(stop: tuple[int, int], tmp_path: Path) -> None:
    """A good server has as many good answers as there were arrivals, and no failure."""
    generator = Load(tmp_path, stop[0]).run(lambda _: answer())

    due = sum(1 for _ in itertools.takewhile(lambda at_s: at_s <= SECONDS, arrivals(0.0, PER_S)))
    assert len(generator.latencies_s) == due > 50
    assert generator.seen.failed == 0
    assert generator.seen.seconds >= SECONDS


def test_a_stall_is_charged_to_all_who_were_due_meanwhile(
    stop: tuple[int, int], tmp_path: Path
) -> None:
    """One answer held back for 0.2 s on the only connection delays all that were due then."""

    def respond(number: int) -> bytes:
        if number == 0:
            time.sleep(0.2)
        return answer()

    generator = Load(tmp_path, stop[0], connections=1).run(respond)

    # A closed loop would have seen one slow answer; half of the stall's arrivals waited over half.
    slow = [latency for latency in generator.latencies_s if latency > 0.1]
    assert len(slow) > 0.25 * PER_S * 0.1


def test_what_is_not_2xx_or_breaks_has_failed(stop: tuple[int, int], tmp_path: Path) -> None:
    """Refusals and closed connections count as failures, and the load goes on."""

    def respond(number: int) -> bytes:
        return (answer(status=503), b"", answer())[min(number, 2)]

    generator = Load(tmp_path, stop[0]).run(respond)

    assert generator.seen.failed == 2
    assert len(generator.latencies_s) > 10


def test_answers_of_the_wrong_version_are_mixed(
    stop: tuple[int, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer is checked against the version that its header names; changes are told."""

    def respond(number: int) -> bytes:
        version = "1" if number < 20 else "2"
        scores = "2" if number == 7 else version
        probability = {"1": 0.25, "2": 0.75}[scores]
        prediction = {"label": "Yes", "probabilities": {"Yes": probability}}
        document = {"model_version": version, "predictions": [prediction]}
        return answer(json.dumps(document).encode(), version=version)

    expected = {
        version: {"label": "Yes", "probabilities": {"Yes": p}}
        for version, p in (("1", 0.25), ("2", 0.75))
    }
    generator = Load(tmp_path, stop[0], connections=1, expected=expected).run(respond)

    assert generator.seen.mixed == 1
    assert capsys.readouterr().out == '{"version": "1"}\n{"version": "2"}\n'


def test_it_ends_when_it_is_told(stop: tuple[int, int], tmp_path: Path) -> None:
    """Something to read on the given file ends the load before its time; all is answered."""
    timer = threading.Timer(0.1, lambda: os.write(stop[1], b"x"))
    timer.start()
    generator = Load(tmp_path, stop[0], seconds=60).run(lambda _: answer())
    timer.join()

    assert generator.seen.seconds < 30
    assert generator.seen.failed == 0


def test_arrivals_are_random_with_the_given_rate() -> None:
    """Gaps have the mean of the rate, and as for a Poisson process the same deviation."""
    times = itertools.islice(arrivals(0.0, per_s=100.0), 10_000)
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    mean = sum(gaps) / len(gaps)
    deviation = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5

    assert mean == pytest.approx(0.01, rel=0.05)
    assert deviation == pytest.approx(0.01, rel=0.05)
