"""The files of the Helm chart fit each other and the product; no Helm and no cluster is needed."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from baton_cli.settings import RolloutSettings
from baton_inference.settings import InferenceSettings
from tests.support.documents.blocks import ROOT, read_blocks
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import get
from tests.support.fakes.live_version import make_live_version

CHART = ROOT / "deploy" / "helm" / "baton"
TEMPLATES = {
    file: file.read_text(encoding="utf-8")
    for file in sorted(CHART.rglob("templates/**/*"))
    if file.is_file()
}
VALUES = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
SCHEMA = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
TRAINER_ONLY = {"BATON_SIGNING_KEY"}
KEYS_OF_HELM = {"global"}


def list_groups(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Lists the objects of the schema that have named properties, with their paths."""
    if "properties" in schema:
        yield path, schema
        for name, below in schema["properties"].items():
            yield from list_groups(below, f"{path}.{name}")


def test_generated_files_are_current() -> None:
    """The table of the values and the alerts are those of their sources."""
    done = subprocess.run(
        [ROOT / "scripts" / "chart", "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_schema_knows_every_value_and_no_other() -> None:
    """A misspelt value is an error, at every level."""
    for path, group in list_groups(SCHEMA):
        assert group["additionalProperties"] is False, path
        values = VALUES
        for name in filter(None, path.split(".")):
            values = values[name]
        assert set(values) == set(group["properties"]) - KEYS_OF_HELM, path


@pytest.mark.parametrize(
    ("group", "key", "value"),
    [
        ("inference", "replica", 3),
        ("inference", "replicas", "3"),
        ("inference", "extraEnv", {"BATON_MAX_ROWS": 1000}),
        ("inference", "podSpec", {"containers": []}),
        ("tracking", "uri", "mlflow:5000"),
        ("trainer", "schedule", "daily"),
    ],
)
def test_schema_refuses(group: str, key: str, value: Any) -> None:
    """Misspelt, of another type, or of another form."""
    schema = jsonschema_rs.validator_for(SCHEMA)
    assert schema.is_valid(VALUES)
    assert not schema.is_valid({**VALUES, group: {**VALUES[group], key: value}})


def test_variables_are_settings() -> None:
    """Every variable that the templates set for Baton is one that Baton reads."""
    settings = {
        str(field.validation_alias)
        for model in (InferenceSettings, RolloutSettings)
        for field in model.model_fields.values()
    }
    texts = [text for file, text in TEMPLATES.items() if file.suffix == ".tpl"]
    set_here = {
        name
        for text in texts
        for name in re.findall(r'^(?:  )?"?((?:BATON|MLFLOW)_[A-Z_]+)"?[: ]', text, re.MULTILINE)
    }
    assert len(set_here) > 15
    assert set_here - TRAINER_ONLY <= settings


def test_template_fits_the_product(tmp_path: Path) -> None:
    """Probes are routes of inference; ports, user and folders are those of the images."""
    template = TEMPLATES[CHART / "templates" / "inference" / "deployment.yaml"]
    app, _ = make_app(tmp_path, make_live_version())
    probes = re.findall(r"httpGet: \{path: (\S+), port: http\}", template)
    assert probes == ["/livez", "/livez", "/readyz"]
    for path in probes:
        assert get(app, path).status == 200
    image = (ROOT / "services" / "inference" / "Dockerfile").read_text(encoding="utf-8")
    [port] = re.findall(r"name: http, containerPort: (\d+)", template)
    assert f"EXPOSE {port} {VALUES['inference']['grpc']['port']}" in image
    [cache] = re.findall(r"name: cache, mountPath: (\S+)\}", template)
    assert f"BATON_CACHE_DIR={cache}" in image
    pod = TEMPLATES[CHART / "templates" / "_pod.tpl"]
    [user] = re.findall(r"runAsUser: (\d+)", pod)
    for service in ("inference", "trainer", "tracking"):
        assert f"--uid {user}" in (ROOT / "services" / service / "Dockerfile").read_text("utf-8")


def test_controller_reads_the_log_where_inference_writes_it() -> None:
    """The page's values mount the same claim, read-only."""
    [block] = [
        each for each in read_blocks(ROOT / "docs" / "kubernetes.md") if each.file == "labels.yaml"
    ]
    values = yaml.safe_load(block.text)
    own = values["controller"]
    [volume], [mount] = own["extraVolumes"], own["extraVolumeMounts"]
    assert volume["persistentVolumeClaim"] == {
        "claimName": values["inference"]["predictions"]["claim"],
        "readOnly": True,
    }
    template = TEMPLATES[CHART / "templates" / "inference" / "deployment.yaml"]
    assert f"{{name: {mount['name']}, mountPath: {mount['mountPath']}}}" in template
    assert mount["readOnly"]
    assert own["extraEnv"] == {"BATON_PREDICTIONS_DIR": mount["mountPath"]}


def test_values_of_the_page_are_valid() -> None:
    """The schema accepts the values that docs/kubernetes.md shows, and knows all it names."""
    page = ROOT / "docs" / "kubernetes.md"
    blocks = {each.file: yaml.safe_load(each.text) for each in read_blocks(page) if each.file}
    assert {*blocks} == {"production.yaml", "labels.yaml"}
    validator = jsonschema_rs.validator_for(SCHEMA)
    for shown in blocks.values():
        assert [each.message for each in validator.iter_errors(shown)] == []
    named = re.findall(r"`((?:inference|trainer|networkPolicy)\.[\w.]+)", page.read_text("utf-8"))
    assert named
    for name in named:
        values: Any = VALUES
        for key in name.rstrip(".").split("."):
            assert key in values, name
            values = values[key]
