"""Whether an answer is wholly of the version that it names."""

import json
import re
from collections.abc import Mapping
from math import isclose
from typing import Any

from bench.load.connection import Answer

TOLERANCE = 1e-5
"""What the trainer allows between scikit-learn's and ONNX Runtime's probabilities."""
MOST_KNOWN = 1000
"""Bodies known to be good; versions score a row alike, but for the last bits of a probability."""
_VERSION = re.compile(rb"\r\nx-model-version: *([^\r]+)", re.IGNORECASE)


class Checker:
    """Compares answers with what each version gives for the row that is posted."""

    def __init__(self, expected: Mapping[str, Any]) -> None:
        """Takes version to prediction: `{"label": …, "probabilities": {class: p, …}}`."""
        self._expected = expected
        self._known: set[tuple[str, bytes]] = set()

    def version(self, answer: Answer) -> str:
        """The version that the answer's header names; empty where it names none."""
        found = _VERSION.search(answer.head)
        return found[1].decode() if found else ""

    def is_whole(self, version: str, body: bytes) -> bool:
        """Whether body and header name the same version, and the scores are that version's."""
        if (version, body) in self._known:
            return True
        document = json.loads(body)
        if document.get("model_version") != version or version not in self._expected:
            return False
        predictions = document["predictions"]
        if len(predictions) != 1 or not are_alike(predictions[0], self._expected[version]):
            return False
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known.add((version, body))
        return True


def are_alike(seen: Mapping[str, Any], expected: Mapping[str, Any]) -> bool:
    """Whether two predictions are the same but for rounding."""
    mine, theirs = seen["probabilities"], expected["probabilities"]
    if seen["label"] != expected["label"] or mine.keys() != theirs.keys():
        return False
    return all(isclose(p, theirs[key], rel_tol=0, abs_tol=TOLERANCE) for key, p in mine.items())
