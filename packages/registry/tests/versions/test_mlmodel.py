"""The MLmodel file."""

import json

import pytest

from baton_registry.errors import InvalidModel
from baton_registry.versions.mlmodel import parse_mlmodel
from baton_registry.versions.schema import Column
from baton_registry.versions.schema_breaks import find_breaks
from tests.support.fakes.registry import build_mlmodel


def test_classes_and_categories_are_read() -> None:
    document = json.loads(build_mlmodel(("plan", "string", False), ("age", "long", True)))
    document["metadata"]["baton"]["categories"] = {"plan": ["a", "b"], "age": ["1"], "gone": 7}

    schema = parse_mlmodel(json.dumps(document)).schema

    assert schema.classes == ("No", "Yes")
    assert schema.columns == (
        Column("plan", "string", required=False, categories=("a", "b")),
        Column("age", "long"),
    )


def test_classes_and_categories_are_optional() -> None:
    """A model that plain MLflow logged has none."""
    document = json.loads(build_mlmodel(("plan", "string", True)))
    del document["metadata"]

    schema = parse_mlmodel(json.dumps(document)).schema

    assert schema.classes is None
    assert schema.columns == (Column("plan", "string"),)


def test_other_categories_do_not_break_callers() -> None:
    """Categories are information, not a rule."""
    documents = [json.loads(build_mlmodel(("plan", "string", True))) for _ in "ab"]
    for document, category in zip(documents, "ab", strict=True):
        document["metadata"]["baton"]["categories"] = {"plan": [category]}
    old, new = (parse_mlmodel(json.dumps(document)).schema for document in documents)

    assert find_breaks(old, new) == []


@pytest.mark.parametrize("classes", ["abc", {"a": 1}, [1.5], 7])
def test_invalid_classes_are_rejected(classes: object) -> None:
    document = json.loads(build_mlmodel(("age", "long", True)))
    document["metadata"]["baton"]["classes"] = classes
    with pytest.raises(InvalidModel, match="classes"):
        parse_mlmodel(json.dumps(document))


def test_the_record_of_the_outputs_is_read() -> None:
    """Also MLflow's own: `predict_fn` and the names in the signature."""
    document = json.loads(build_mlmodel(("age", "long", True)))
    document["metadata"]["baton"] = {"task": "quantiles"}
    document["signature"]["outputs"] = '[{"name": "p10", "type": "double"}, {"name": "p90"}]'
    schema = parse_mlmodel(json.dumps(document)).schema
    assert (schema.task, schema.output_names) == ("quantiles", ("p10", "p90"))
    assert not schema.predicts_probabilities

    document["flavors"]["python_function"] = {"predict_fn": "predict_proba"}
    assert parse_mlmodel(json.dumps(document)).schema.predicts_probabilities
