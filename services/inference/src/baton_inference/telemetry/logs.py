"""Logging: one line per event on standard error, as JSON or in the console format.

No value can forge a line: JSON escapes control characters, and the console format escapes them
here and indents tracebacks.
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
# C0, DEL, C1, line separators, and characters that change the text direction.
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F)]
_CONTROLS += [0x200E, 0x200F, *range(0x2066, 0x206A)]
_ESCAPES = {code: ascii(chr(code))[1:-1] for code in _CONTROLS}


def configure(log_format: LogFormat) -> None:
    """Sets up logging for the events of Baton and of its libraries."""
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
                *_build_renderers(is_console=is_console),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every poll
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)  # it logs every attempt to send


def _build_renderers(*, is_console: bool) -> list[Any]:
    if is_console:
        colors = sys.stderr.isatty()
        formatter = _write_traceback
        renderer = structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=formatter)
        return [_escape_event, renderer]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _escape_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Puts each text of the event on one line; indents the texts that may have several."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _indent(value) if name in _MULTI_LINE else value.translate(_ESCAPES)
    return event


def _indent(text: str) -> str:
    return "\n".join("    " + line.translate(_ESCAPES) for line in text.split("\n"))


def _write_traceback(
    out: TextIO, exc_info: tuple[type[BaseException], BaseException, TracebackType | None]
) -> None:
    out.write("\n" + _indent("".join(traceback.format_exception(*exc_info)).rstrip()))
