"""Versions with altered files, as an attacker with write access can create them."""

from pathlib import Path

import httpx

from baton_registry import ModelVersion
from baton_registry.versions.manifest import MANIFEST_FILE
from baton_registry.versions.model_version import MANIFEST_TAG
from tests.support.rig.desk import Desk

SERVED_FILES = ("MLmodel", "model.onnx", "input_example.json")
PICKLED_MLMODEL = b"""flavors:
  python_function: {loader_module: mlflow.sklearn, model_path: model.pkl}
  sklearn: {pickled_model: model.pkl}
"""


def store_copy(desk: Desk, original: ModelVersion, folder: Path, **altered: bytes) -> str:
    """Registers a version with the tags of another; its files are altered or copied."""
    with desk.registry as registry, httpx.Client(base_url=f"{desk.tracking_uri}/api/2.0") as http:
        answer = http.get("/mlflow/runs/get", params={"run_id": original.run_id}).raise_for_status()
        source = f"{answer.json()['run']['info']['artifact_uri']}/{desk.model}"
        root = source.removeprefix("mlflow-artifacts:/")
        listed = (MANIFEST_FILE,) if MANIFEST_TAG in original.tags else ()
        for name in {*SERVED_FILES, *listed, *altered}:
            if name not in altered:
                registry.download(registry.get_artifact_root(original), name, folder / "copied")
            content = altered.get(name) or (folder / "copied").read_bytes()
            put = http.put(f"/mlflow-artifacts/artifacts/{root}/{name}", content=content)
            put.raise_for_status()
        tags = [{"key": key, "value": value} for key, value in original.tags.items()]
        version = {"name": desk.model, "source": source, "run_id": original.run_id, "tags": tags}
        created = http.post("/mlflow/model-versions/create", json=version).raise_for_status()
    number: str = created.json()["model_version"]["version"]
    return number
