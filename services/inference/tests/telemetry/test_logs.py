"""The log formats, as another process reads them."""

import json
import subprocess
import sys

import pytest

CODE = """
import logging, structlog
from baton_inference.telemetry import logs
logs.configure({0!r})
structlog.get_logger("baton.x").info("swapped", version="3")
logging.getLogger("httpx").info("a look-up")
logging.getLogger("other").warning("of a %s", "library")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("baton.x").exception("failed")
"""


HOSTILE = """
import logging, structlog
from baton_inference.telemetry import logs
logs.configure({0!r})
forged = "a\\n2026-01-01T00:00:00Z [info     ] serving\\r\\x1b[2J\\u2028\\u202eb"
structlog.get_logger("baton.x").info(forged, version=forged, stack=forged)
logging.getLogger("other").warning(forged)
try:
    raise ValueError(forged)
except ValueError:
    structlog.get_logger("baton.x").exception("failed")
"""


def run(log_format: str, code: str = CODE) -> list[str]:
    """Runs the code; returns the lines on standard error."""
    command = [sys.executable, "-c", code.format(log_format)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.splitlines()


@pytest.mark.parametrize("log_format", ["json", "auto"])
def test_json_is_one_object_per_line(log_format: str) -> None:
    """Each event is one line of JSON, tracebacks and events of libraries included."""
    swapped, library, failed = map(json.loads, run(log_format))
    assert swapped["event"] == "swapped"
    assert (swapped["version"], swapped["level"], swapped["logger"]) == ("3", "info", "baton.x")
    assert swapped["timestamp"].endswith("Z")
    assert library["event"] == "of a library"
    assert "ZeroDivisionError" in failed["exception"]


def test_console_format_is_plain_text() -> None:
    """The console format shows the event and its fields as text."""
    lines = run("console")
    assert "swapped" in lines[0]
    assert "version=3" in lines[0]


def test_values_cannot_forge_a_json_line() -> None:
    """Three events are three lines, whatever their values are."""
    assert len([json.loads(line) for line in run("json", HOSTILE)]) == 3


def test_values_cannot_forge_a_console_line() -> None:
    """Every line outside a traceback starts an event; control characters are escaped."""
    lines = run("console", HOSTILE)
    events = [line for line in lines if line and not line.startswith("    ")]
    assert len(events) == 3
    assert not any("2026-01-01" in line[:40] for line in events)
    text = "".join(lines)
    assert not any(character in text for character in "\r\x1b\u2028\u202e")
    assert "\\u202e" in text
