"""The version to import, with its files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from baton_registry.versions.model_version import ModelVersion
from baton_trainer.importing.isolation.flavor import Flavor


@dataclass(frozen=True)
class SourceVersion:
    """A version of any registry, fetched.

    Attributes:
        version: as its registry describes it.
        address: the registry, without credentials.
        folder: the folder of all its files.
        document: the content of its MLmodel file.
        flavor: how the model is stored.
    """

    version: ModelVersion
    address: str
    folder: Path
    document: dict[str, Any]
    flavor: Flavor

    def describe(self) -> str:
        """Names the version, its run and its registry in one line, for a tag."""
        version = self.version
        run = f", run {version.run_id}" if version.run_id else ""
        return f"{version.name} version {version.version}{run}, of {self.address}"
