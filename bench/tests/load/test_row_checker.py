"""The check that an answer to one of many rows comes wholly from one version."""

import json
from pathlib import Path

import numpy as np
import pytest

from bench.load.connection import Answer
from bench.load.plan import VersionRows
from bench.load.row_checker import RowChecker

SCORES = {"1": [0.25, 0.75], "2": [0.3, 0.2]}


def build_answer(
    version: str, alias: str, score: float, *, body: str = "", label: str = ""
) -> Answer:
    head = f"HTTP/1.1 200 OK\r\nx-model-version: {version}\r\nX-Model-Alias: {alias}"
    prediction = {
        "label": label or ("Yes" if score > 0.5 else "No"),
        "probabilities": {"No": 1 - score, "Yes": score},
    }
    document = {"model_version": body or version, "predictions": [prediction]}
    return Answer(200, head.encode(), json.dumps(document).encode())


@pytest.fixture
def checker(tmp_path: Path) -> RowChecker:
    """Version 1 is production; version 2 is a canary that is never promoted."""
    rows = {}
    for version, scores in SCORES.items():
        np.save(tmp_path / f"{version}.npy", scores)
        aliases = ("production",) if version == "1" else ("canary",)
        rows[version] = VersionRows(str(tmp_path / f"{version}.npy"), "Yes", aliases)
    return RowChecker(rows)


def test_each_version_has_its_own_answer_to_each_row(checker: RowChecker) -> None:
    assert checker.is_whole(build_answer("1", "production", 0.250004), 0)
    assert checker.is_whole(build_answer("1", "production", 0.75), 1)
    assert checker.is_whole(build_answer("2", "canary", 0.2), 1)


@pytest.mark.parametrize(
    "answer",
    [
        build_answer("1", "production", 0.3),
        build_answer("1", "production", 0.75),
        build_answer("1", "production", 0.25, body="2"),
        build_answer("1", "production", 0.25, label="Yes"),
        build_answer("1", "canary", 0.25),
        build_answer("2", "production", 0.3),
        build_answer("3", "production", 0.25),
    ],
    ids=["other version", "other row", "body", "label", "alias", "aborted", "unknown version"],
)
def test_part_of_another_version_is_detected(checker: RowChecker, answer: Answer) -> None:
    assert not checker.is_whole(answer, 0)
