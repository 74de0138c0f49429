"""Reads what came back from the sandbox. All of it may be written by an attacker."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baton_common.texts import to_one_line, truncate
from baton_registry.versions.output_schema import Label
from baton_registry.versions.strict_json import parse_object
from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.job import Conversion, ConvertedModel

MAX_CANDIDATES = 8
MAX_CLASSES = 10_000
MAX_TEXT = 1_000
MAX_HEAD_BYTES = 4 * 2**20
_MAX_ANSWERS = 4
_MAX_REASON = 500
_OUTPUTS = ("label", "probabilities", "value", "score")
_TASKS = ("binary", "multiclass", "regression", "quantiles", "anomaly", "multilabel")
_DOUBLE = np.dtype("<f8")


class _Malformed(Exception):
    """The result does not have the format. The message is a few words."""


def parse_result(content: bytes, rows: int, python: str, versions: Mapping[str, str]) -> Conversion:
    """Parses the result: a line of JSON, matrices of doubles, ONNX files.

    Nothing but JSON is parsed: the matrices are copied, the ONNX files stay bytes.

    Args:
        content: what the sandbox returned.
        rows: the number of rows that were to be predicted.
        python: the version of Python in the sandbox.
        versions: the versions of the libraries in the sandbox.

    Raises:
        ImportFailed: the sandbox returned a failure, whose text the message has, or something that
            does not have the format.
    """
    try:
        return _parse(content, rows, python, versions)
    except _Malformed as error:
        raise ImportFailed(
            f"the sandbox returned no result but something else ({error}); the model may be hostile"
        ) from error


def _parse(content: bytes, rows: int, python: str, versions: Mapping[str, str]) -> Conversion:
    line, newline, body = content.partition(b"\n")
    if not newline:
        raise _Malformed("no first line")
    try:
        head = parse_object(line, MAX_HEAD_BYTES)
    except ValueError as error:
        raise _Malformed("the first line is no strict JSON") from error
    if "error" in head:
        raise ImportFailed(clean(head["error"]))
    reader = _Body(body)
    answers = {
        name: reader.take_matrix(rows, width)
        for name, width in _read_pairs(head, "answers", _MAX_ANSWERS)
    }
    if not answers or not answers.keys() <= set(_OUTPUTS):
        raise _Malformed("unknown answers")
    candidates = tuple(
        ConvertedModel(way, reader.take(size))
        for way, size in _read_pairs(head, "candidates", MAX_CANDIDATES)
    )
    if not candidates or reader.has_rest:
        raise _Malformed("sizes do not add up")
    conversion = Conversion(
        task=_read_task(head),
        classes=_read_classes(head),
        names=tuple(map(_check_text, _read_list(head, "names", MAX_CLASSES))),
        candidates=candidates,
        answers=answers,
        versions=versions,
        python=python,
    )
    _check_labels(conversion)
    return conversion


def clean(text: object) -> str:
    """Makes a text of the sandbox one short line without control characters."""
    line = to_one_line(text) if isinstance(text, str) else "no reason given"
    return truncate("".join(each for each in line if each.isprintable()), _MAX_REASON)


class _Body:
    """Takes the parts of the result in their order."""

    def __init__(self, content: bytes) -> None:
        self._content = memoryview(content)

    @property
    def has_rest(self) -> bool:
        return bool(self._content)

    def take(self, size: int) -> bytes:
        if not 0 < size <= len(self._content):
            raise _Malformed("sizes do not add up")
        part, self._content = self._content[:size], self._content[size:]
        return bytes(part)

    def take_matrix(self, rows: int, width: int) -> NDArray[np.float64]:
        if not 0 < width <= MAX_CLASSES:
            raise _Malformed("an answer is too wide")
        part = self.take(rows * width * _DOUBLE.itemsize)
        return np.frombuffer(part, _DOUBLE).reshape(rows, width)


def _read_list(head: Mapping[str, Any], key: str, limit: int) -> list[Any]:
    values = head.get(key)
    if not isinstance(values, list) or len(values) > limit:
        raise _Malformed(f"no list of {key}, or too long")
    return values


def _read_pairs(head: Mapping[str, Any], key: str, limit: int) -> list[tuple[str, int]]:
    """Reads pairs of a name and a number."""
    pairs = []
    for value in _read_list(head, key, limit):
        if not isinstance(value, list) or len(value) != 2 or type(value[1]) is not int:  # noqa: PLR2004 - a pair
            raise _Malformed(f"{key} are no pairs of a name and a number")
        pairs.append((_check_text(value[0]), value[1]))
    return pairs


def _check_text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise _Malformed("a name is no text, or too long")
    return value


def _read_task(head: Mapping[str, Any]) -> str:
    task = head.get("task")
    if task not in _TASKS:
        raise _Malformed("an unknown task")
    return str(task)


def _read_classes(head: Mapping[str, Any]) -> tuple[Label, ...]:
    classes = _read_list(head, "classes", MAX_CLASSES)
    for each in classes:
        if not isinstance(each, str | int) or (isinstance(each, str) and len(each) > MAX_TEXT):
            raise _Malformed("a class is neither a text nor an integer nor a boolean")
    if len({(type(each), each) for each in classes}) != len(classes):
        raise _Malformed("a class occurs twice")
    return tuple(classes)


def _check_labels(conversion: Conversion) -> None:
    """Checks that labels of classes are indices of them, or NaN."""
    labels = conversion.answers.get("label")
    if labels is None or not conversion.classes:
        return
    is_index = (labels >= 0) & (labels < len(conversion.classes)) & (labels == np.floor(labels))
    if labels.shape[1] != 1 or not (is_index | np.isnan(labels)).all():
        raise _Malformed("labels that are not classes")
