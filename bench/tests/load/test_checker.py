"""The check that an answer comes wholly from one version."""

import json
from typing import Any

import pytest

from bench.load.checker import Checker

EXPECTED = {
    "1": {"label": "No", "probabilities": {"No": 0.75, "Yes": 0.25}},
    "2": {"label": "Yes", "probabilities": {"No": 0.25, "Yes": 0.75}},
}


def build_body(version: str, prediction: Any) -> bytes:
    return json.dumps({"model_version": version, "predictions": [prediction]}).encode()


def test_rounding_is_accepted() -> None:
    """Probabilities may differ by the trainer's tolerance."""
    near = {"label": "No", "probabilities": {"No": 0.750004, "Yes": 0.249996}}

    assert Checker(EXPECTED).is_whole("1", build_body("1", near))


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("2", build_body("1", EXPECTED["1"])),
        ("1", build_body("2", EXPECTED["1"])),
        ("1", build_body("1", EXPECTED["2"])),
        ("1", build_body("1", {**EXPECTED["1"], "label": "Yes"})),
        ("1", build_body("1", {"label": "No", "probabilities": {"No": 0.75}})),
        ("3", build_body("3", EXPECTED["1"])),
        ("1", json.dumps({"model_version": "1", "predictions": []}).encode()),
    ],
    ids=["header", "body", "scores", "label", "a class less", "unknown version", "no row"],
)
def test_part_of_another_version_is_detected(header: str, answer: bytes) -> None:
    """Header, body and scores must agree, even if the body was good for another version."""
    checker = Checker(EXPECTED)
    assert checker.is_whole("1", build_body("1", EXPECTED["1"]))

    assert not checker.is_whole(header, answer)
