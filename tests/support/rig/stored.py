"""Versions with altered files, as an attacker with write access can create them."""

import hashlib
from dataclasses import replace
from pathlib import Path

import httpx

from baton_registry.rest.fetch import fetch_manifest
from baton_registry.versions.manifest import MANIFEST_FILE, Figures
from baton_registry.versions.model_version import MANIFEST_TAG, ModelVersion
from tests.support.rig.desk import Desk

SERVED_FILES = ("MLmodel", "model.onnx", "input_example.json")
PICKLED_MLMODEL = b"""flavors:
  python_function: {loader_module: mlflow.sklearn, model_path: model.pkl}
  sklearn: {pickled_model: model.pkl}
"""


def store_changed(
    desk: Desk, original: ModelVersion, folder: Path, onnx: bytes, figures: Figures | None = None
) -> str:
    """Registers a version with another ONNX model, whose manifest is right, as a trainer would.

    `figures` are the gate's; None: those of the original.
    """
    with desk.registry as registry:
        manifest = fetch_manifest(registry, original, folder)
    files = {**manifest.files, "model.onnx": hashlib.sha256(onnx).hexdigest()}
    chosen = manifest.gate_figures if figures is None else figures
    content = replace(manifest, files=files, gate_figures=chosen).to_json()
    digest = hashlib.sha256(content).hexdigest()
    changed = replace(original, tags={**original.tags, MANIFEST_TAG: digest})
    altered = {"model.onnx": onnx, MANIFEST_FILE: content}
    return store_copy(desk, changed, folder, f"{desk.model}/{digest[:8]}", **altered)


def store_copy(
    desk: Desk, original: ModelVersion, folder: Path, path: str = "", /, **altered: bytes
) -> str:
    """Registers a version with the tags of another; its files are altered or copied.

    `path` is the folder of its files among the artifacts of the original's run; by default all
    copies of one run share one.
    """
    with (
        desk.registry as registry,
        httpx.Client(base_url=f"{desk.tracking_uri}/api/2.0", timeout=60) as http,
    ):
        answer = http.get("/mlflow/runs/get", params={"run_id": original.run_id}).raise_for_status()
        source = f"{answer.json()['run']['info']['artifact_uri']}/{path or desk.model}"
        root = source.removeprefix("mlflow-artifacts:/")
        listed = (MANIFEST_FILE,) if MANIFEST_TAG in original.tags else ()
        for name in {*SERVED_FILES, *listed, *altered}:
            if name not in altered:
                registry.download(registry.get_artifact_root(original), name, folder / "copied")
            content = altered.get(name) or (folder / "copied").read_bytes()
            put = http.put(f"/mlflow-artifacts/artifacts/{root}/{name}", content=content)
            put.raise_for_status()
    return register_stored(desk, replace(original, source=source))


def register_stored(desk: Desk, stored: ModelVersion) -> str:
    """Registers a version with the files and tags of another, and returns its number.

    Without the id of a logged model, which MLflow would want to find at the source.
    """
    tags = [{"key": key, "value": value} for key, value in stored.tags.items()]
    version = {"name": desk.model, "source": stored.source, "run_id": stored.run_id, "tags": tags}
    url = f"{desk.tracking_uri}/api/2.0/mlflow/model-versions/create"
    created = httpx.post(url, json=version, timeout=60).raise_for_status()
    number: str = created.json()["model_version"]["version"]
    return number
