"""The call of wrk and its output."""

import asyncio
from pathlib import Path

import pytest

from bench.errors import CannotRun
from bench.load.closed_loop import _parse_figures, require_wrk, run_closed_loop
from bench.load.request import Request
from tests.support.fakes.tiny_server import build_answer, tiny_server
from tests.support.suite.wrk import need_wrk


def test_refusals_are_not_answers() -> None:
    """Wrk counts refusals as requests; time-outs and broken connections fail, too."""
    line = (
        '{"requests": 100, "duration_us": 2000000, "refused": 10, "broken": 2, "timed_out": 3,'
        ' "p50_us": 1500, "p99_us": 2000, "p999_us": 2500}'
    )

    figures = _parse_figures(line)

    assert (figures.answered, figures.failed, figures.per_s) == (90, 15, 45)
    assert (figures.p50_ms, figures.p99_ms, figures.p999_ms) == (1.5, 2.0, 2.5)


def test_wrk_posts_the_body_and_counts_answers(tmp_path: Path) -> None:
    """The script works with the installed wrk."""
    need_wrk()
    body = tmp_path / "body.json"
    body.write_text('{"instances": []}')
    with tiny_server(lambda number: build_answer(status=503 if number == 0 else 200)) as port:
        figures = asyncio.run(run_closed_loop(Request(port, "/", body), connections=2, seconds=1))

    assert figures.failed == 1
    assert figures.answered > 10
    assert 0 < figures.p50_ms <= figures.p999_ms


def test_missing_wrk_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The error names the package."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(CannotRun, match="apt install wrk"):
        require_wrk()
