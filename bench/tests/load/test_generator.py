"""The open-loop generator with a tiny server."""

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

from bench.load.generator import Generator, generate_arrivals
from bench.load.plan import LoadPlan
from tests.support.fakes.tiny_server import Respond, build_answer, tiny_server

PER_S = 400.0
SECONDS = 0.25


@pytest.fixture
def stop() -> Iterator[tuple[int, int]]:
    """A pipe; a write to its second end stops the load."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


@dataclass
class Load:
    """A load on a tiny server."""

    folder: Path
    stop: int
    connections: int = 8
    seconds: float = SECONDS
    expected: Mapping[str, Any] = field(default_factory=dict)

    def run(self, respond: Respond) -> Generator:
        body = self.folder / "body.json"
        body.write_text("{}")
        with tiny_server(respond) as port:
            plan = LoadPlan(
                port=port,
                path="/",
                body=str(body),
                per_s=PER_S,
                seconds=self.seconds,
                latencies="",
                connections=self.connections,
                expected=self.expected,
            )
            generator = Generator(plan, self.stop)
            generator.run()
            generator.close()
        return generator


def test_every_due_request_is_answered(stop: tuple[int, int], tmp_path: Path) -> None:
    """A good server has one good answer per arrival and no failure."""
    generator = Load(tmp_path, stop[0]).run(lambda _: build_answer())

    due = sum(
        1 for _ in itertools.takewhile(lambda at_s: at_s <= SECONDS, generate_arrivals(0.0, PER_S))
    )
    assert len(generator.latencies_s) == due > 50
    assert generator.counts.failed == 0
    assert generator.counts.seconds >= SECONDS


def test_stall_counts_for_every_waiting_request(stop: tuple[int, int], tmp_path: Path) -> None:
    """An answer that is 0.2 s late on the only connection delays every request that is due."""

    def respond(number: int) -> bytes:
        if number == 0:
            time.sleep(0.2)
        return build_answer()

    generator = Load(tmp_path, stop[0], connections=1).run(respond)

    # A closed loop would see one slow answer. Half of the stall's arrivals wait over half of it.
    slow = [latency for latency in generator.latencies_s if latency > 0.1]
    assert len(slow) > 0.25 * PER_S * 0.1


def test_refusals_and_broken_connections_fail(stop: tuple[int, int], tmp_path: Path) -> None:
    """They count as failures, and the load continues."""

    def respond(number: int) -> bytes:
        return (build_answer(status=503), b"", build_answer())[min(number, 2)]

    generator = Load(tmp_path, stop[0]).run(respond)

    assert generator.counts.failed == 2
    assert len(generator.latencies_s) > 10


def test_answer_of_another_version_is_mixed(
    stop: tuple[int, int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An answer is compared with the version in its header; version changes are printed."""

    def respond(number: int) -> bytes:
        version = "1" if number < 20 else "2"
        scores = "2" if number == 7 else version
        probability = {"1": 0.25, "2": 0.75}[scores]
        prediction = {"label": "Yes", "probabilities": {"Yes": probability}}
        document = {"model_version": version, "predictions": [prediction]}
        return build_answer(json.dumps(document).encode(), version=version)

    expected = {
        version: {"label": "Yes", "probabilities": {"Yes": p}}
        for version, p in (("1", 0.25), ("2", 0.75))
    }
    generator = Load(tmp_path, stop[0], connections=1, expected=expected).run(respond)

    assert generator.counts.mixed == 1
    assert capsys.readouterr().out == '{"version": "1"}\n{"version": "2"}\n'


def test_stop_signal_ends_the_load(stop: tuple[int, int], tmp_path: Path) -> None:
    """The load ends early, and every request is answered."""
    timer = threading.Timer(0.1, lambda: os.write(stop[1], b"x"))
    timer.start()
    generator = Load(tmp_path, stop[0], seconds=60).run(lambda _: build_answer())
    timer.join()

    assert generator.counts.seconds < 30
    assert generator.counts.failed == 0


def test_arrivals_are_random_with_the_given_rate() -> None:
    """Intervals have the mean of the rate and, as in a Poisson process, an equal deviation."""
    times = itertools.islice(generate_arrivals(0.0, per_s=100.0), 10_000)
    intervals = [later - earlier for earlier, later in itertools.pairwise(times)]
    mean = sum(intervals) / len(intervals)
    deviation = (sum((interval - mean) ** 2 for interval in intervals) / len(intervals)) ** 0.5

    assert mean == pytest.approx(0.01, rel=0.05)
    assert deviation == pytest.approx(0.01, rel=0.05)
