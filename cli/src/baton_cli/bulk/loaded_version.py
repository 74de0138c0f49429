"""The version that scores a file: resolved once, fetched, verified and loaded."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from baton_cli.errors import CommandFailed
from baton_cli.settings import CliSettings
from baton_engine.engine import Engine, EngineError
from baton_engine.open_version import fetch_temporarily, open_version
from baton_engine.tables.text.reader_rule import ReaderRule, UnknownRule
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Schema

T = TypeVar("T")
Guard = Callable[[], AbstractContextManager[object]]
"""Guards a native step. In the main thread of a program that is `stopping.defer_signals`, because a
signal in it would end in another error. A worker handles no signals, and needs none."""


@dataclass(frozen=True)
class LoadedVersion:
    """A loaded version.

    Attributes:
        version: its entry in the registry.
        schema: its columns.
        engine: scores rows.
        manifest: its manifest, e.g. with the rule for cells of text files.
    """

    version: ModelVersion
    schema: Schema
    engine: Engine
    manifest: Manifest = field(default_factory=Manifest)

    @property
    def rule(self) -> ReaderRule:
        """The rule for cells of text files. Raises `CommandFailed` if it is unknown here."""
        try:
            return ReaderRule.from_json(self.manifest.reader)
        except UnknownRule as error:
            raise CommandFailed(f"version {self.version.version}: {error}") from error


def load_version(
    settings: CliSettings, number: str | None, guard: Guard = nullcontext
) -> LoadedVersion:
    """Loads a version by number, or the version that the alias points to now.

    Raises as `open_registered_version` does.
    """
    return open_registered_version(settings, number, partial(build_version, guard=guard))


def open_registered_version(
    settings: CliSettings, number: str | None, build: Callable[[FetchedModel], T]
) -> T:
    """Fetches and verifies a version, and returns what `build` makes of its files.

    Args:
        settings: the registry.
        number: the version's number; None for the version that the alias points to now.
        build: makes something of the verified files.

    Raises:
        RegistryError: the version does not exist or fails verification, or the registry is
            unreachable.
        CommandFailed: the version cannot be loaded.
    """
    name = settings.model_name
    with settings.open_registry() as registry:
        if number is None:
            version = registry.resolve_alias(name, settings.alias)
        else:
            version = registry.get_version(name, number)
        files = partial(fetch_temporarily, registry, version)
        try:
            return open_version(version, files, build, trusted=settings.trusted_keys)
        except EngineError as error:
            raise CommandFailed(f"version {version.version} cannot be loaded: {error}") from error


def build_version(fetched: FetchedModel, guard: Guard = nullcontext) -> LoadedVersion:
    """Loads verified files. Raises `EngineError`."""
    with guard():
        # Takes 0.3 s, which `baton score --help` does not need.
        from baton_engine.onnx.opening import open_engine  # noqa: PLC0415

        engine = open_engine(fetched)
    return LoadedVersion(fetched.version, fetched.mlmodel.schema, engine, fetched.manifest)
