"""A version as its verified bytes, which any process can load without access to the registry."""

from dataclasses import dataclass, replace
from functools import cached_property, partial
from hashlib import sha256
from typing import Any

from baton_cli.bulk.loaded_version import (
    Guard,
    LoadedVersion,
    build_version,
    open_registered_version,
)
from baton_cli.settings import CliSettings
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.model_version import ModelVersion


@dataclass(frozen=True)
class PortableVersion:
    """The files of a version. They are pickled; the engine is built once in each process.

    Attributes:
        files: the verified files, without the tags and the run of the registry's entry.
    """

    files: FetchedModel

    @cached_property
    def loaded(self) -> LoadedVersion:
        """The loaded version. Raises `EngineError`."""
        return build_version(self.files)

    @property
    def entry(self) -> ModelVersion:
        """The name and the number."""
        return self.files.version

    @property
    def sha256(self) -> str:
        """The checksum of the ONNX file and its weight files."""
        contents = [self.files.onnx, *(each for _, each in sorted(self.files.weights.items()))]
        return sha256(b"".join(sha256(each).digest() for each in contents)).hexdigest()

    def __getstate__(self) -> dict[str, Any]:
        """Leaves out the engine."""
        return {"files": self.files}


def fetch_version(settings: CliSettings, number: str | None, guard: Guard) -> PortableVersion:
    """Fetches, verifies and loads a version. Raises as `open_registered_version` does."""
    return open_registered_version(settings, number, partial(_build, guard=guard))


def _build(fetched: FetchedModel, guard: Guard) -> PortableVersion:
    entry = ModelVersion(fetched.version.name, fetched.version.version, tags={})
    portable = PortableVersion(replace(fetched, version=entry))
    with guard():
        portable.loaded  # noqa: B018 - a version that cannot be loaded fails here, not in a worker
    return portable
