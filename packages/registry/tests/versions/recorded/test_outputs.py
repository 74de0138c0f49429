"""What an MLmodel file records of a model's outputs."""

import json
from typing import Any

import pytest

from baton_registry.errors import InvalidModel
from baton_registry.versions.recorded.outputs import RecordedOutputs, parse_outputs
from baton_registry.versions.schema import AnswerForm


def build_signature(*names: str | None) -> str:
    """Builds MLflow's `signature.outputs` of columns; None for one without a name."""
    return json.dumps([{"type": "double", **({"name": n} if n else {})} for n in names])


def test_task_and_names_are_read() -> None:
    metadata = {"task": "quantiles", "outputs": ["p10", "p90"]}
    assert parse_outputs(metadata, None) == RecordedOutputs("quantiles", None, ("p10", "p90"))
    assert parse_outputs({"task": "binary", "classes": [0, 1]}, None).classes == (0, 1)
    assert parse_outputs({}, None) == RecordedOutputs()


def test_names_come_from_the_signature_without_metadata() -> None:
    """If it has several named columns."""
    signature = build_signature("p10", "p50")
    assert parse_outputs({}, signature).names == ("p10", "p50")
    assert parse_outputs({"outputs": ["a", "b"]}, signature).names == ("a", "b")
    tensor = json.dumps([{"name": n, "type": "tensor"} for n in ("label", "probabilities")])
    for other in (build_signature("a"), build_signature(None, None), build_signature("a", "a"),
                  tensor, "[", "7", '["a"]'):  # fmt: skip
        assert parse_outputs({}, other).names == ()


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({"task": "ranking"}, "'ranking'; supported are binary"),
        ({"task": ["binary"]}, "supported are binary"),
        ({"task": "regression", "classes": ["a", "b"]}, "classes, but the task regression"),
        ({"task": "binary", "classes": ["a", "b", "c"]}, "task binary, but 3 classes"),
        ({"task": "multiclass", "classes": ["a", "b"]}, "task multiclass, but 2 classes"),
        ({"task": "regression", "outputs": ["price"]}, "quantiles and multilabel"),
        ({"outputs": "p10"}, "list of texts"),
        ({"outputs": ["p10", ""]}, "list of texts"),
        ({"outputs": ["p10", "p10"]}, "twice"),
    ],
)
def test_contradictions_are_rejected(metadata: dict[str, Any], words: str) -> None:
    """The message says what was found and what is allowed."""
    with pytest.raises(InvalidModel, match=words):
        parse_outputs(metadata, None)


def build_tensor(dtype: str, *shape: Any, **fields: Any) -> dict[str, Any]:
    """Builds MLflow's description of a tensor."""
    return {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": [*shape]}, **fields}


@pytest.mark.parametrize(
    ("specs", "form"),
    [
        ([], None),
        ([build_tensor("float64", -1)], AnswerForm("numbers", 1)),
        ([build_tensor("float32", -1, 3)], AnswerForm("numbers", 3)),
        ([build_tensor("float64", -1, -1)], AnswerForm("numbers")),
        ([build_tensor("float64", -1, 2, 2)], AnswerForm("numbers")),
        ([{"type": "double"}], AnswerForm("numbers", 1)),
        ([{"type": "double", "name": n} for n in "ab"], AnswerForm("numbers", 2)),
        ([build_tensor("int64", -1)], AnswerForm("labels")),
        ([{"type": "string"}], AnswerForm("labels")),
        (
            [build_tensor("str", -1, name="label"), build_tensor("float32", -1, 2, name="p")],
            AnswerForm("labels"),
        ),
        ([{"type": "tensor"}], AnswerForm("labels")),
    ],
)
def test_the_signature_shows_the_form_of_the_answers(
    specs: list[Any], form: AnswerForm | None
) -> None:
    """Only floats are numbers."""
    assert parse_outputs({}, json.dumps(specs)).shown == form
