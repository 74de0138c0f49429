"""The log's format, as another process sees it."""

import json
import subprocess
import sys

import pytest

CODE = """
import logging, structlog
from baton_inference import logs
logs.configure({0!r})
structlog.get_logger("baton.x").info("swapped", version="3")
logging.getLogger("httpx").info("a look-up")
logging.getLogger("other").warning("of a %s", "library")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("baton.x").exception("failed")
"""


def run(log_format: str) -> list[str]:
    """The lines on standard error."""
    command = [sys.executable, "-c", CODE.format(log_format)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.splitlines()


@pytest.mark.parametrize("log_format", ["json", "auto"])
def test_json_is_one_object_a_line(log_format: str) -> None:
    """Each event is one line of JSON, also a traceback; libraries speak the same format."""
    swapped, library, failed = map(json.loads, run(log_format))
    assert swapped["event"] == "swapped"
    assert (swapped["version"], swapped["level"], swapped["logger"]) == ("3", "info", "baton.x")
    assert swapped["timestamp"].endswith("Z")
    assert library["event"] == "of a library"
    assert "ZeroDivisionError" in failed["exception"]


def test_console_is_for_people() -> None:
    """The console format is plain text."""
    lines = run("console")
    assert "swapped" in lines[0]
    assert "version=3" in lines[0]
