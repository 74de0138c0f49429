"""MLflow's protocol and V2 in the OpenAPI document."""

import json
import re
from pathlib import Path

import pytest

from baton_inference.lifecycle.live_versions import LiveVersion
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import call, get, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.task_models import NAMED_TENSOR, TaskModel


@pytest.mark.parametrize(
    "version",
    [
        make_live_version(),
        make_live_version(
            TaskModel("quantiles"), schema=NAMED_TENSOR, example={"0": 1, "1": 0.5, "2": 2}
        ),
    ],
    ids=["columns", "tensor"],
)
def test_the_examples_work(tmp_path: Path, version: LiveVersion) -> None:
    """The document's examples get predictions."""
    app, _ = make_app(tmp_path, version)
    paths = get(app, "/openapi.json").json()["paths"]
    for path in (
        "/invocations",
        "/v2/models/{model_name}/infer",
        "/v2/models/{model_name}/versions/{model_version}/infer",
    ):
        content = paths[path]["post"]["requestBody"]["content"]
        body = json.dumps(content["application/json"]["example"]).encode()
        sent_to = path.format(model_name="churn_model", model_version="1")
        assert call(app, post(sent_to, body)).status == 200


def test_every_part_of_a_path_is_declared(tmp_path: Path) -> None:
    """Each name in a path is a parameter of its operations."""
    paths = get(make_app(tmp_path)[0], "/openapi.json").json()["paths"]
    for path, operations in paths.items():
        for operation in operations.values():
            parameters = operation.get("parameters", ())
            names = {each["name"] for each in parameters if each["in"] == "path"}
            assert names == set(re.findall(r"\{(\w+)\}", path))


def test_headers_of_a_rollout_are_described(tmp_path: Path) -> None:
    """Every scoring route takes a routing key, and names the alias of its answer."""
    paths = get(make_app(tmp_path)[0], "/openapi.json").json()["paths"]
    for path in ("/predict", "/invocations", "/v2/models/{model_name}/infer"):
        operation = paths[path]["post"]
        headers = [each["name"] for each in operation["parameters"] if each["in"] == "header"]
        assert headers == ["X-Routing-Key"]
        answer = operation["responses"]["200"]
        assert {"X-Model-Version", "X-Model-Alias"} < set(answer["headers"])


def test_all_content_types_are_described(tmp_path: Path) -> None:
    """The document has JSON and the other content types, even without a model."""
    paths = get(make_app(tmp_path)[0], "/openapi.json").json()["paths"]
    columnar = {"application/vnd.apache.arrow.stream", "application/vnd.apache.parquet"}
    invocations = paths["/invocations"]["post"]
    assert set(invocations["requestBody"]["content"]) == {
        "application/json",
        "text/csv",
        *columnar,
    }
    answers = invocations["responses"]["200"]["content"]
    assert set(answers) == {"application/json", *columnar}
    infer = paths["/v2/models/{model_name}/infer"]["post"]
    for part in (infer["requestBody"], infer["responses"]["200"]):
        assert set(part["content"]) == {"application/json", "application/octet-stream"}
