"""Results are read as written by an attacker."""

import json
import pickle
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.job import Conversion
from baton_trainer.importing.isolation.result import parse_result

ROWS = 2
HEAD = {
    "task": "binary",
    "classes": ["no", "yes"],
    "names": [],
    "answers": [["label", 1], ["probabilities", 2]],
    "candidates": [["exact", 3], ["usual", 2]],
}
LABELS = np.array([[0.0], [1.0]])
PROBABILITIES = np.array([[0.75, 0.25], [0.5, 0.5]])
BODY = LABELS.tobytes() + PROBABILITIES.tobytes() + b"abc" + b"de"


def build(body: bytes = BODY, **changes: Any) -> bytes:
    """Builds a result with other members in its first line."""
    return json.dumps({**HEAD, **changes}).encode() + b"\n" + body


def parse(content: bytes) -> Conversion:
    """Parses a result."""
    return parse_result(content, ROWS, "3.11.7", {"numpy": "1.26.4"})


def test_a_result() -> None:
    """Every part is where its size says."""
    conversion = parse(build())

    assert conversion.task == "binary"
    assert conversion.classes == ("no", "yes")
    assert [(each.way, each.onnx) for each in conversion.candidates] == [
        ("exact", b"abc"),
        ("usual", b"de"),
    ]
    assert np.array_equal(conversion.answers["label"], LABELS)
    assert np.array_equal(conversion.answers["probabilities"], PROBABILITIES)


@pytest.mark.parametrize("classes", [["no", "yes"], [0, 1], [False, True], [7, "7"]])
def test_classes_keep_their_types(classes: list[Any]) -> None:
    """Texts, integers and booleans."""
    assert [*map(repr, parse(build(classes=classes)).classes)] == [*map(repr, classes)]


def test_a_row_that_the_model_rejects_is_missing() -> None:
    result = parse(build(np.array([[np.nan], [1.0]]).tobytes() + BODY[16:]))
    assert np.isnan(result.answers["label"][:, 0]).tolist() == [True, False]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"{}",
        b"{}\n",
        pickle.dumps(HEAD) + b"\n",
        b"[" * 10**6 + b"\n",
        b'{"a":' * 10**5 + b"\n",
        b'{"task": NaN}\n',
        b'{"task": "binary", "task": "regression"}\n',
        b" " * (4 * 2**20 + 1) + b"\n",
        build(BODY[:-1]),
        build(BODY + b"x"),
        build(task="code"),
        build(task=["binary"]),
        build(classes="no"),
        build(classes=["no", None]),
        build(classes=["no", 0.5]),
        build(classes=["no", "no"]),
        build(classes=["no", "x" * 1001]),
        build(classes=[*range(10_001)]),
        build(classes=["no"]),  # a label is an index of two
        build(names=["x" * 1001]),
        build(names=[1]),
        build(answers=[]),
        build(answers=[["label", 1], ["secret", 2]]),
        build(answers=[["label", -1]]),
        build(answers=[["label", True]]),
        build(answers=[["label", 10**12]]),
        build(answers=[["label", 1, 1]]),
        build(answers=[["label", 1]] * 5),
        build(candidates=[]),
        build(candidates=[["exact", 5.0]]),
        build(candidates=[["exact", 6]]),
        build(candidates=[["exact", -1], ["usual", 6]]),
        build(candidates=[["exact", 0], ["usual", 5]]),
        build(candidates=[["exact", 1]] * 9),
        build(np.array([[0.5], [1.0]]).tobytes() + BODY[16:]),
        build(np.array([[np.inf], [1.0]]).tobytes() + BODY[16:]),
        build(np.array([[-1.0], [1.0]]).tobytes() + BODY[16:]),
    ],
)
def test_anything_else_is_one_line(content: bytes) -> None:
    """No member is believed, and the message has none of it."""
    with pytest.raises(ImportFailed, match="hostile") as caught:
        parse(content)

    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("text", ["a\nb\x1b[31m\x00", "x" * 10**6, 5, None, ["x"], "\u202eevil"])
def test_a_failure_is_one_short_line(text: object) -> None:
    """The text of a failure comes from the sandbox, too."""
    with pytest.raises(ImportFailed) as caught:
        parse(json.dumps({"error": text}).encode() + b"\n")

    assert str(caught.value).isprintable()
    assert len(str(caught.value)) <= 500


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside),
    max_leaves=5,
)


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    """Random bytes raise nothing but the error with the one line."""
    with pytest.raises(ImportFailed):
        parse(content)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(HEAD, JSON)))
def test_any_members(changes: dict[str, Any]) -> None:
    """So do random members."""
    with suppress(ImportFailed):
        parse(build(**changes))
