"""The version that a file is scored with: found once, fetched, verified, loaded."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from baton_cli.errors import CommandFailed
from baton_cli.settings import CliSettings
from baton_cli.stopping import deferred
from baton_engine.engine import Engine, EngineError
from baton_engine.onnx.weights import find_weight_files
from baton_registry.rest.fetch import fetch
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signature import Signature
from baton_registry.versions.signing import check_signed

READY = "READY"


@dataclass(frozen=True)
class Pinned:
    """A loaded version.

    Attributes:
        version: what the registry says of it.
        signature: its columns.
        engine: scores rows.
    """

    version: ModelVersion
    signature: Signature
    engine: Engine


def pinned(settings: CliSettings, number: str | None) -> Pinned:
    """The version of that number, or the one that the alias names at this moment.

    Raises:
        RegistryError: there is no such version, it is not what was registered, or no answer.
        CommandFailed: it cannot be loaded.
    """
    with deferred():  # native modules that are interrupted as they load make their own error of it
        # A third of a second, which `baton score --help` need not wait for.
        from baton_engine.opening import open_engine  # noqa: PLC0415

    name = settings.model_name
    with settings.registry() as registry, tempfile.TemporaryDirectory(prefix="baton-") as folder:
        if number is None:
            version = registry.resolve_alias(name, settings.alias)
        else:
            version = registry.get_version(name, number)
        if version.status != READY:
            raise CommandFailed(f"version {version.version} is {version.status}, not {READY}")
        check_signed(version, settings.trusted_keys)
        fetched = fetch(registry, version, Path(folder), find_weight_files)
    try:
        with deferred():
            engine = open_engine(fetched)
    except EngineError as error:
        raise CommandFailed(f"version {version.version} cannot be loaded: {error}") from error
    return Pinned(version, fetched.mlmodel.signature, engine)
