"""Whether an answer is wholly of one version."""

import json
from typing import Any

import pytest

from bench.load.checker import Checker
from bench.load.connection import Answer

EXPECTED = {
    "1": {"label": "No", "probabilities": {"No": 0.75, "Yes": 0.25}},
    "2": {"label": "Yes", "probabilities": {"No": 0.25, "Yes": 0.75}},
}


def body(version: str, prediction: Any) -> bytes:
    return json.dumps({"model_version": version, "predictions": [prediction]}).encode()


def test_rounding_is_no_difference() -> None:
    """Probabilities may differ by what the trainer allows between the two engines."""
    near = {"label": "No", "probabilities": {"No": 0.750004, "Yes": 0.249996}}

    assert Checker(EXPECTED).is_whole("1", body("1", near))


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("2", body("1", EXPECTED["1"])),
        ("1", body("2", EXPECTED["1"])),
        ("1", body("1", EXPECTED["2"])),
        ("1", body("1", {**EXPECTED["1"], "label": "Yes"})),
        ("1", body("1", {"label": "No", "probabilities": {"No": 0.75}})),
        ("3", body("3", EXPECTED["1"])),
        ("1", json.dumps({"model_version": "1", "predictions": []}).encode()),
    ],
    ids=["header", "body", "scores", "label", "a class less", "unknown version", "no row"],
)
def test_anything_of_another_version_is_mixed(header: str, answer: bytes) -> None:
    """Header, body and scores have to agree, also when the same body was good for another."""
    checker = Checker(EXPECTED)
    assert checker.is_whole("1", body("1", EXPECTED["1"]))

    assert not checker.is_whole(header, answer)


def test_the_version_is_the_headers() -> None:
    """Whatever the case of the header's name; empty where there is none."""
    checker = Checker({})

    assert checker.version(Answer(200, b"HTTP/1.1 200 OK\r\nx-model-version: 12", b"")) == "12"
    assert checker.version(Answer(200, b"HTTP/1.1 200 OK\r\nDate: today", b"")) == ""
