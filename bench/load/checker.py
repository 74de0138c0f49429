"""Checks that an answer comes wholly from the version that it names."""

import json
from collections.abc import Mapping
from math import isclose
from typing import Any

TOLERANCE = 1e-5
"""The trainer's tolerance between the probabilities of scikit-learn and ONNX Runtime."""
MAX_KNOWN = 1000
"""Limit of bodies known to be good: the last bits of a probability may vary."""


class Checker:
    """Compares answers with each version's prediction for the posted row."""

    def __init__(self, expected: Mapping[str, Any]) -> None:
        """Takes the prediction of each version: `{"label": …, "probabilities": {class: p, …}}`."""
        self._expected = expected
        self._known: set[tuple[str, bytes]] = set()

    def is_whole(self, version: str, body: bytes) -> bool:
        """Whether body and header name the same version and the scores are that version's."""
        if (version, body) in self._known:
            return True
        document = json.loads(body)
        if document.get("model_version") != version or version not in self._expected:
            return False
        predictions = document["predictions"]
        if len(predictions) != 1 or not are_close(predictions[0], self._expected[version]):
            return False
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known.add((version, body))
        return True


def are_close(actual: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Whether two predictions are equal within rounding."""
    left, right = actual["probabilities"], expected["probabilities"]
    if actual["label"] != expected["label"] or left.keys() != right.keys():
        return False
    return all(isclose(p, right[key], rel_tol=0, abs_tol=TOLERANCE) for key, p in left.items())
