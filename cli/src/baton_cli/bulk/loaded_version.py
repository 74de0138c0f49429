"""The version that scores a file: resolved once, fetched, verified and loaded."""

from dataclasses import dataclass, field
from functools import partial

from baton_cli.errors import CommandFailed
from baton_cli.settings import CliSettings
from baton_cli.stopping import defer_signals
from baton_engine.engine import Engine, EngineError
from baton_engine.open_version import fetch_temporarily, open_version
from baton_engine.tables.text.reader_rule import ReaderRule, UnknownRule
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.manifest import Manifest
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Schema


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


def load_version(settings: CliSettings, number: str | None) -> LoadedVersion:
    """Loads a version by number, or the version that the alias points to now.

    Raises:
        RegistryError: the version does not exist or fails verification, or the registry is
            unreachable.
        CommandFailed: the version cannot be loaded.
    """
    with defer_signals():  # an interrupted import of a native module fails with another error
        # Takes 0.3 s, which `baton score --help` does not need.
        from baton_engine.onnx.opening import open_engine  # noqa: PLC0415

    def build(fetched: FetchedModel) -> LoadedVersion:
        schema = fetched.mlmodel.schema
        with defer_signals():
            engine = open_engine(fetched)
        return LoadedVersion(fetched.version, schema, engine, fetched.manifest)

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
