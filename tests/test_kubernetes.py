"""The manifest of docs/kubernetes.md, held against itself and the product; no cluster is asked."""

from pathlib import Path
from typing import Any

import yaml

from baton_inference.settings import InferenceSettings
from tests.support.documents.blocks import ROOT, blocks
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import get
from tests.support.fakes.live_version import make_live_version


def manifests() -> list[dict[str, Any]]:
    """What docs/kubernetes.md has a reader apply."""
    [block] = [b for b in blocks(ROOT / "docs" / "kubernetes.md") if b.language == "yaml"]
    return [*yaml.safe_load_all(block.text)]


def test_the_manifest_hangs_together() -> None:
    """Selectors find the pods; ports, volumes and secrets are there by their names."""
    found = {(each["kind"], each["metadata"]["name"]): each for each in manifests()}
    deployment = found["Deployment", "inference"]["spec"]
    pod = deployment["template"]["spec"]
    [container] = pod["containers"]
    labels = deployment["template"]["metadata"]["labels"]
    for spec in (deployment, found["PodDisruptionBudget", "inference"]["spec"]):
        assert spec["selector"]["matchLabels"] == labels
    assert {each["apiVersion"] for each in found.values()} == {"v1", "apps/v1", "policy/v1"}
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for kind, name in found:
        if kind == "Service":
            spec = found[kind, name]["spec"]
            assert spec["selector"] == labels
            assert {port["targetPort"] for port in spec["ports"]} == set(ports)
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert set(volumes) == set(mounts)
    [(_, secret)] = [item for item in found.items() if item[0][0] == "Secret"]
    assert volumes["secrets"]["secret"]["secretName"] == secret["metadata"]["name"]
    files = {each["value"] for each in container["env"] if each["name"].endswith("_FILE")}
    assert files == {f"{mounts['secrets']}/{key}" for key in secret["stringData"]}


def test_the_manifest_fits_the_product(tmp_path: Path) -> None:
    """Settings are those of inference, probes routes; port, user and cache those of the image."""
    [deployment] = [each for each in manifests() if each["kind"] == "Deployment"]
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
