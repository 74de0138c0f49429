"""The manifest of docs/kubernetes.md fits itself and the product; no cluster is needed."""

from pathlib import Path
from typing import Any

import yaml

from baton_inference.settings import InferenceSettings
from tests.support.documents.blocks import ROOT, read_blocks
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import get
from tests.support.fakes.live_version import make_live_version


def read_manifests() -> list[dict[str, Any]]:
    """Reads the manifests of docs/kubernetes.md."""
    [block] = [b for b in read_blocks(ROOT / "docs" / "kubernetes.md") if b.language == "yaml"]
    return [*yaml.safe_load_all(block.text)]


def test_manifest_is_consistent() -> None:
    """Selectors match the pods; ports, volumes and secrets exist under their names."""
    objects = {(each["kind"], each["metadata"]["name"]): each for each in read_manifests()}
    deployment = objects["Deployment", "inference"]["spec"]
    pod = deployment["template"]["spec"]
    [container] = pod["containers"]
    labels = deployment["template"]["metadata"]["labels"]
    for spec in (deployment, objects["PodDisruptionBudget", "inference"]["spec"]):
        assert spec["selector"]["matchLabels"] == labels
    assert {each["apiVersion"] for each in objects.values()} == {"v1", "apps/v1", "policy/v1"}
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for kind, name in objects:
        if kind == "Service":
            spec = objects[kind, name]["spec"]
            assert spec["selector"] == labels
            assert {port["targetPort"] for port in spec["ports"]} == set(ports)
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert set(volumes) == set(mounts)
    [(_, secret)] = [item for item in objects.items() if item[0][0] == "Secret"]
    assert volumes["secrets"]["secret"]["secretName"] == secret["metadata"]["name"]
    files = {each["value"] for each in container["env"] if each["name"].endswith("_FILE")}
    assert files == {f"{mounts['secrets']}/{key}" for key in secret["stringData"]}


def test_manifest_fits_the_product(tmp_path: Path) -> None:
    """Settings and probes are those of inference; port, user and cache those of the image."""
    [deployment] = [each for each in read_manifests() if each["kind"] == "Deployment"]
    pod = deployment["spec"]["template"]["spec"]
    [container] = pod["containers"]
    settings = {str(f.validation_alias) for f in InferenceSettings.model_fields.values()}
    assert {each["name"].removesuffix("_FILE") for each in container["env"]} <= settings
    app, _ = make_app(tmp_path, make_live_version())
    for kind, path in (("startup", "/livez"), ("liveness", "/livez"), ("readiness", "/readyz")):
        assert container[f"{kind}Probe"]["httpGet"]["path"] == path
        assert get(app, path).status == 200
    image = (ROOT / "services" / "inference" / "Dockerfile").read_text(encoding="utf-8")
    [port] = container["ports"]
    assert f"EXPOSE {port['containerPort']}" in image
    assert f"--uid {pod['securityContext']['runAsUser']}" in image
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert f"BATON_CACHE_DIR={mounts['cache']}" in image
