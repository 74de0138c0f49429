"""The version that a file is scored with: found once, fetched, verified, loaded."""

from dataclasses import dataclass, field
from functools import partial

from baton_cli.errors import CommandFailed
from baton_cli.settings import CliSettings
from baton_cli.stopping import deferred
from baton_engine.engine import Engine, EngineError
from baton_engine.open_version import download, open_version
from baton_engine.tables.text.reader_rule import ReaderRule, UnknownRule
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Schema


@dataclass(frozen=True)
class Pinned:
    """A loaded version.

    Attributes:
        version: what the registry says of it.
        schema: its columns.
        engine: scores rows.
        record: what is recorded about it, e.g. how the cells of its training file were read.
    """

    version: ModelVersion
    schema: Schema
    engine: Engine
    record: Manifest = field(default_factory=Manifest)

    @property
    def rule(self) -> ReaderRule:
        """How the cells of text files are read for it. Raises `CommandFailed` if it is unknown."""
        try:
            return ReaderRule.from_json(self.record.reader)
        except UnknownRule as error:
            raise CommandFailed(f"version {self.version.version}: {error}") from error


def pinned(settings: CliSettings, number: str | None) -> Pinned:
    """The version of that number, or the one that the alias names at this moment.

    Raises:
        RegistryError: there is no such version, it is not what was registered, or no answer.
        CommandFailed: it cannot be loaded.
    """
    with deferred():  # native modules that are interrupted as they load make their own error of it
        # A third of a second, which `baton score --help` need not wait for.
        from baton_engine.onnx.opening import open_engine  # noqa: PLC0415

    def build(fetched: FetchedModel) -> Pinned:
        schema = fetched.mlmodel.schema
        with deferred():
            engine = open_engine(fetched)
        return Pinned(fetched.version, schema, engine, fetched.record)

    name = settings.model_name
    with settings.open_registry() as registry:
        if number is None:
            version = registry.resolve_alias(name, settings.alias)
        else:
            version = registry.get_version(name, number)
        files = partial(download, registry, version)
        try:
            return open_version(version, files, build, trusted=settings.trusted_keys)
        except EngineError as error:
            raise CommandFailed(f"version {version.version} cannot be loaded: {error}") from error
