"""Writes the result: numbers and ONNX, in a format that needs no parser but that of JSON.

A line of JSON, then the answers, each a matrix of doubles (little-endian, row by row), then the
candidates' ONNX files. The line gives the order and the sizes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import IO, Any


def write_result(
    output: IO[bytes],
    task: Any,
    answers: Mapping[str, Any],
    candidates: Sequence[tuple[str, bytes]],
) -> None:
    """Writes a result.

    Args:
        output: the stream.
        task: what `baton_export.describe_task` says.
        answers: output to matrix, float64, shape `[rows, width]`.
        candidates: way and ONNX file.
    """
    head = {
        "task": task.task,
        "classes": list(task.classes),
        "names": list(task.names),
        "answers": [[name, matrix.shape[1]] for name, matrix in answers.items()],
        "candidates": [[way, len(onnx)] for way, onnx in candidates],
    }
    _write_line(output, head)
    for matrix in answers.values():
        output.write(matrix.astype("<f8", order="C").tobytes())
    for _, onnx in candidates:
        output.write(onnx)


def write_error(output: IO[bytes], text: str) -> None:
    """Writes why there is no result."""
    _write_line(output, {"error": text})


def _write_line(output: IO[bytes], head: Mapping[str, Any]) -> None:
    output.write(json.dumps(head).encode() + b"\n")
