"""Checks that an answer to one of many rows comes wholly from the version that it names."""

import json
from collections.abc import Mapping
from math import isclose
from typing import Any

import numpy as np

from bench.load.checker import TOLERANCE
from bench.load.connection import Answer, read_header
from bench.load.plan import VersionRows

_EVEN = 0.5


class RowChecker:
    """Compares answers with what each version answers to the row of the same line.

    An answer is whole if both headers, the version in the body and the scores belong together.
    """

    def __init__(self, rows: Mapping[str, VersionRows]) -> None:
        """Takes what each version answers. Reads a file when its version answers first."""
        self._rows = rows
        self._files: dict[str, list[float]] = {}

    def is_whole(self, answer: Answer, line: int) -> bool:
        """Whether an answer to the row of this line comes from one version."""
        version = read_header(answer, "x-model-version")
        known = self._rows.get(version)
        if known is None or read_header(answer, "x-model-alias") not in known.aliases:
            return False
        document = json.loads(answer.body)
        predictions = document["predictions"]
        if document.get("model_version") != version or len(predictions) != 1:
            return False
        return _is_close(predictions[0], known.class_name, self._read(known.scores)[line])

    def _read(self, file: str) -> list[float]:
        scores = self._files.get(file)
        if scores is None:
            scores = self._files[file] = np.load(file).tolist()
        return scores


def _is_close(prediction: Mapping[str, Any], class_name: str, expected: float) -> bool:
    """Whether a prediction of two classes is the expected one, within rounding."""
    score = prediction["probabilities"].get(class_name)
    if score is None or not isclose(score, expected, rel_tol=0, abs_tol=TOLERANCE):
        return False
    is_even = isclose(expected, _EVEN, rel_tol=0, abs_tol=TOLERANCE)
    return is_even or (prediction["label"] == class_name) == (expected > _EVEN)
