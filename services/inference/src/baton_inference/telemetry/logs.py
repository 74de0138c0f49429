"""Logging: one line an event on standard error, as JSON or for a person to read.

Whatever an event carries, it cannot look like another one: JSON escapes control characters itself,
and for people they are escaped here; tracebacks are indented.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

from baton_inference.settings import LogFormat

_MULTI_LINE = ("exception", "stack")
# C0, DEL, C1; the line separators; and what turns the direction of writing.
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F)]
_CONTROLS += [0x200E, 0x200F, *range(0x2066, 0x206A)]
_ESCAPES = {code: ascii(chr(code))[1:-1] for code in _CONTROLS}


def configure(log_format: LogFormat) -> None:
    """Sets up logging for the process, for our own events and those of libraries."""
    is_console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(is_console=is_console),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells of every look-up
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)  # it tells of every try to send
    logging.getLogger("uvicorn").setLevel(logging.WARNING)  # we tell of start and end ourselves


def _renderers(*, is_console: bool) -> list[Any]:
    if is_console:
        colors = sys.stderr.isatty()
        renderer = structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=_indented)
        return [_escaped, renderer]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _escaped(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The event with its texts on one line each; what has lines of its own has them indented."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _indent(value) if name in _MULTI_LINE else value.translate(_ESCAPES)
    return event


def _indent(text: str) -> str:
    return "\n".join("    " + line.translate(_ESCAPES) for line in text.split("\n"))


def _indented(
    out: TextIO, exc_info: tuple[type[BaseException], BaseException, TracebackType | None]
) -> None:
    out.write("\n" + _indent("".join(traceback.format_exception(*exc_info)).rstrip()))
