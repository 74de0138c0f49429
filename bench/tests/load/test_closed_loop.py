"""What wrk is asked and what it says."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from bench.errors import CannotRun
from bench.load.closed_loop import _figures, closed_loop, require_wrk
from bench.load.request import Request
from tests.support.fakes.tiny_server import answer, tiny_server


def test_refused_answers_are_not_answered() -> None:
    """Wrk counts them among the requests; time-outs and broken connections fail too."""
    line = (
        '{"requests": 100, "duration_us": 2000000, "refused": 10, "broken": 2, "timed_out": 3,'
        ' "p50_us": 1500, "p99_us": 2000, "p999_us": 2500}'
    )

    seen = _figures(line)

    assert (seen.answered, seen.failed, seen.per_s) == (90, 15, 45)
    assert (seen.p50_ms, seen.p99_ms, seen.p999_ms) == (1.5, 2.0, 2.5)


def test_wrk_posts_the_body_and_counts_the_answers(tmp_path: Path) -> None:
    """The script works with the wrk that is installed."""
    if shutil.which("wrk") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("wrk is not installed; .ci/run installs it")
        pytest.skip("wrk is not installed")
    body = tmp_path / "body.json"
    body.write_text('{"instances": []}')
    with tiny_server(lambda number: answer(status=503 if number == 0 else 200)) as port:
        seen = asyncio.run(closed_loop(Request(port, "/", body), connections=2, seconds=1))

    assert seen.failed == 1
    assert seen.answered > 10
    assert 0 < seen.p50_ms <= seen.p999_ms


def test_a_missing_wrk_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It says what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CannotRun, match="apt install wrk"):
        require_wrk()
