"""The live OpenAPI document."""

import json
from pathlib import Path
from typing import Any

import pytest

from baton_registry.versions.output_schema import Task
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import call, get, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import INSTANCE, SumModel
from tests.support.fakes.task_models import MATRIX, TaskModel


def read_document(tmp_path: Path, version: Any = None) -> dict[str, Any]:
    """Reads `/openapi.json` with this serving version."""
    app, _ = make_app(tmp_path, version)
    answer = get(app, "/openapi.json")
    assert answer.status == 200
    document: dict[str, Any] = answer.json()
    return document


def test_all_routes_are_described(tmp_path: Path) -> None:
    """The document has all routes, with or without a model."""
    model, versioned = "/v2/models/{model_name}", "/v2/models/{model_name}/versions/{model_version}"
    routes = {"/", "/console/data", "/livez", "/readyz", "/status", "/metrics", "/version"}
    routes |= {"/ping", "/health"}
    routes |= {"/predict", "/invocations", "/v2", "/v2/health/live", "/v2/health/ready"}
    routes |= {f"{path}{end}" for path in (model, versioned) for end in ("", "/ready", "/infer")}
    assert set(read_document(tmp_path)["paths"]) == routes
    assert set(read_document(tmp_path, make_live_version())["paths"]) == routes


def test_every_status_is_declared(tmp_path: Path) -> None:
    """Each route declares all its statuses, and errors as problems."""
    paths = read_document(tmp_path, make_live_version())["paths"]
    responses = paths["/predict"]["post"]["responses"]
    assert set(responses) == {"200", "400", "413", "415", "422", "500", "503"}
    for status, response in responses.items():
        media_type = "application/json" if status == "200" else "application/problem+json"
        assert list(response["content"]) == [media_type]
    assert set(paths["/readyz"]["get"]["responses"]) == {"200", "503"}
    assert set(paths["/invocations"]["post"]["responses"]) == set(responses)
    for path in ("/v2/models/{model_name}", "/v2/models/{model_name}/versions/{model_version}"):
        assert set(paths[f"{path}/infer"]["post"]["responses"]) == {*responses, "404"}
        for end in ("", "/ready"):
            assert set(paths[f"{path}{end}"]["get"]["responses"]) == {"200", "404", "503"}
    for route in ("/ping", "/health", "/v2/health/ready"):
        assert set(paths[route]["get"]["responses"]) == {"200", "503"}
    for route in ("/livez", "/status", "/metrics", "/version", "/v2", "/v2/health/live"):
        assert set(paths[route]["get"]["responses"]) == {"200"}


def test_instances_follow_the_schema(tmp_path: Path) -> None:
    """The document has the columns, their types and ranges, and which are required."""
    schema = Schema(
        (Column("a", "integer"), Column("b", "double", required=False), Column("c", "string"))
    )
    schemas = read_document(tmp_path, make_live_version(schema=schema))["components"]["schemas"]
    instances = schemas["Instances"]["properties"]["instances"]
    assert (instances["minItems"], instances["maxItems"]) == (1, 10_000)
    instance = instances["items"]
    assert instance["required"] == ["a", "c"]
    assert instance["additionalProperties"] is False
    assert instance["properties"]["a"] == {
        "type": "integer",
        "format": "int32",
        "minimum": -(2**31),
        "maximum": 2**31 - 1,
    }
    assert instance["properties"]["b"]["type"] == ["number", "null"]
    assert instance["properties"]["c"] == {"type": "string"}


def test_known_categories_are_examples(tmp_path: Path) -> None:
    """Categories from training are examples, not an enum, because others are valid, too."""
    schema = Schema((Column("plan", "string", categories=("a", "b")),))
    schemas = read_document(tmp_path, make_live_version(schema=schema))["components"]["schemas"]
    instance = schemas["Instances"]["properties"]["instances"]["items"]
    assert instance["properties"]["plan"] == {"type": "string", "examples": ["a", "b"]}


def test_predictions_follow_the_classes(tmp_path: Path) -> None:
    """The document has the classes as labels in their own type, and as keys."""
    engine = SumModel(classes=(0, 1))
    schemas = read_document(tmp_path, make_live_version(engine))["components"]["schemas"]
    prediction = schemas["Predictions"]["properties"]["predictions"]["items"]["properties"]
    assert prediction["label"] == {"type": "integer", "enum": [0, 1]}
    assert list(prediction["probabilities"]["properties"]) == ["0", "1"]


@pytest.mark.parametrize(
    ("task", "keys"),
    [
        ("regression", ["value"]),
        ("quantiles", ["values"]),
        ("anomaly", ["label", "score"]),
        ("multilabel", ["labels", "probabilities"]),
    ],
)
def test_predictions_follow_the_task(tmp_path: Path, task: Task, keys: list[str]) -> None:
    """The document has the keys of the task, and the names of its values and labels."""
    version = make_live_version(TaskModel(task))
    schemas = read_document(tmp_path, version)["components"]["schemas"]
    prediction = schemas["Predictions"]["properties"]["predictions"]["items"]
    assert prediction["required"] == [*prediction["properties"]] == keys
    for part in prediction["properties"].values():
        if part["type"] == "object":
            assert part["required"] == [*version.engine.output_schema.names]


def test_a_matrix_has_lists_as_instances(tmp_path: Path) -> None:
    """The example is one, and gets a prediction."""
    example = {"0": 1.5, "1": 0.0, "2": -1.0}
    version = make_live_version(TaskModel("regression"), schema=MATRIX, example=example)
    app, _ = make_app(tmp_path, version)
    document = get(app, "/openapi.json").json()
    instances = document["components"]["schemas"]["Instances"]["properties"]["instances"]
    assert instances["items"]["type"] == "array"
    assert (instances["items"]["minItems"], instances["items"]["maxItems"]) == (3, 3)
    operation = document["paths"]["/predict"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["example"]
    assert body == {"instances": [[1.5, 0.0, -1.0]]}
    answer = call(app, post("/predict", json.dumps(body).encode()))
    assert answer.json()["predictions"] == [{"value": 12.3}]


def test_the_example_works(tmp_path: Path) -> None:
    """The document's example gets a prediction."""
    app, _ = make_app(tmp_path, make_live_version())
    operation = get(app, "/openapi.json").json()["paths"]["/predict"]["post"]
    example = operation["requestBody"]["content"]["application/json"]["example"]
    assert example == {"instances": [INSTANCE]}
    assert call(app, post("/predict", json.dumps(example).encode())).status == 200


def test_document_follows_a_swap(tmp_path: Path) -> None:
    """A swap changes the document; without a swap it stays the same."""
    app, core = make_app(tmp_path, make_live_version())
    before = get(app, "/openapi.json").body
    assert get(app, "/openapi.json").body == before
    core.live.swap(make_live_version(version="2", schema=Schema((Column("z", "long"),))))
    after = get(app, "/openapi.json").json()
    instances = after["components"]["schemas"]["Instances"]["properties"]["instances"]
    assert list(instances["items"]["properties"]) == ["z"]
    assert "version 2" in after["paths"]["/predict"]["post"]["description"]


def test_all_references_resolve(tmp_path: Path) -> None:
    """Every reference in the document has a target."""
    document = read_document(tmp_path, make_live_version())
    schemas = document["components"]["schemas"]
    text = json.dumps(document)
    names = [part.split('"')[0] for part in text.split("#/components/schemas/")[1:]]
    assert names
    assert set(names) <= set(schemas)
