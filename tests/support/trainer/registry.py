"""A registry in a folder, for the tests of this package."""

from pathlib import Path

from baton_registry.errors import AliasNotSet, ArtifactNotFound
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.files import MAX_FILE_BYTES
from baton_registry.versions.model_version import ModelVersion


class FolderRegistry(RegistryClient):
    """Every alias points to version 3, whose files lie in a folder; None means that none is set."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__("http://nowhere.invalid")
        self.folder = folder
        self.downloads: list[str] = []

    def resolve_alias(self, name: str, alias: str) -> ModelVersion:
        if self.folder is None:
            raise AliasNotSet("not set")
        return ModelVersion(name, "3")

    def get_artifact_root(self, version: ModelVersion) -> str:
        return ""

    def download(
        self, root: str, path: str, destination: Path, max_bytes: int = MAX_FILE_BYTES
    ) -> None:
        assert self.folder is not None
        self.downloads.append(path)
        try:
            destination.write_bytes((self.folder / path).read_bytes())
        except FileNotFoundError as error:
            raise ArtifactNotFound("the version has no ONNX file") from error
