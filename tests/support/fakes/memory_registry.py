"""A registry in memory, in place of the client."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from baton_registry.errors import AliasNotSet, ArtifactNotFound
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.files import MAX_FILE_BYTES
from baton_registry.versions.manifest import MANIFEST_FILE, Manifest
from baton_registry.versions.model_version import CHECKSUM_TAG_PREFIX, MANIFEST_TAG, ModelVersion
from baton_registry.versions.schema import Schema
from tests.support.fakes.models import SCHEMA

EXAMPLE = {"columns": ["x", "n", "note"], "data": [[0.5, 1, None], [1.5, 2, "b"]]}


class FakeRegistry(RegistryClient):
    """A registry in memory. Every call raises `fault`, if it is set.

    `alias` is the version of production, `canary` that of the canary.
    """

    def __init__(self, while_downloading: Callable[[], object] = lambda: None) -> None:
        self.versions: dict[str, ModelVersion] = {}
        self.files: dict[str, dict[str, bytes]] = {}
        self.alias: str | None = None
        self.canary: str | None = None
        self.fault: Exception | None = None
        self.download_fault: Exception | None = None
        self.downloads: list[str] = []
        self.tags: dict[str, str] = {}
        self.while_downloading = while_downloading

    def close(self) -> None:
        pass

    def resolve_alias(self, name: str, alias: str) -> ModelVersion:
        if self.fault:
            raise self.fault
        number = self.canary if alias == "canary" else self.alias
        if number is None:
            raise AliasNotSet("the alias is not set")
        return self.versions[number]

    def get_model_tags(self, name: str) -> dict[str, str]:
        if self.fault:
            raise self.fault
        return self.tags

    def get_artifact_root(self, version: ModelVersion) -> str:
        return version.source

    def download(
        self, root: str, path: str, destination: Path, max_bytes: int = MAX_FILE_BYTES
    ) -> None:
        if fault := self.fault or self.download_fault:
            raise fault
        self.downloads.append(f"{root}/{path}")
        self.while_downloading()
        if path not in self.files[root]:
            raise ArtifactNotFound(f"the version has no file {path!r}; register it again")
        destination.write_bytes(self.files[root][path])

    def tag(self, version: str, **tags: str) -> None:
        """Sets tags of a version; `weight="10"` is that of the canary."""
        named = {"weight": "baton.weight.canary", "rollout": "baton.rollout"}
        added = {named.get(key, key): value for key, value in tags.items()}
        known = self.versions[version]
        tagged = MappingProxyType({**known.tags, **added})
        self.versions[version] = replace(known, tags=tagged)

    def add(  # noqa: PLR0913 - each passed by name
        self,
        version: str,
        model: str = "sum 0.25",
        *,
        source: str | None = None,
        example: Any = None,
        record: Literal["manifest", "tags", "nothing"] = "manifest",
        schema: Schema = SCHEMA,
        private: tuple[str, ...] = (),
    ) -> ModelVersion:
        """Registers a version whose ONNX file holds the text `model`.

        `record` selects how its checksums are recorded. Older versions have a tag for each file;
        versions of plain MLflow have none.
        """
        source = source or f"models:/m-{version}"
        files = {"MLmodel": build_mlmodel(schema).encode(), "model.onnx": model.encode()}
        files["input_example.json"] = json.dumps(example or EXAMPLE).encode()
        digests = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
        tags = {}
        if record == "manifest":
            files[MANIFEST_FILE] = manifest = Manifest(
                files=digests, private_columns=private
            ).to_json()
            tags = {MANIFEST_TAG: hashlib.sha256(manifest).hexdigest()}
        elif record == "tags":
            tags = {CHECKSUM_TAG_PREFIX + path: digest for path, digest in digests.items()}
        registered = ModelVersion(
            "churn_model", version, f"run-{version}", source, "READY", MappingProxyType(tags)
        )
        self.versions[version] = registered
        self.files[source] = files
        return registered


def build_mlmodel(schema: Schema) -> str:
    """Builds an MLmodel file (JSON is YAML, too)."""
    inputs = [{"name": c.name, "type": c.type, "required": c.required} for c in schema.columns]
    document = {
        "flavors": {"onnx": {"data": "model.onnx"}},
        "signature": {"inputs": json.dumps(inputs)},
        "saved_input_example_info": {"artifact_path": "input_example.json"},
        "metadata": {"baton": {"classes": list(schema.classes or ())}},
    }
    return json.dumps(document)
