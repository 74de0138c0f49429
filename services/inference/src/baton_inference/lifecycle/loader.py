"""Brings a version to the point where it can serve: fetch, verify, build, warm up."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from baton_common.utc import format_utc
from baton_engine.engine import EngineError, ServingEngine
from baton_engine.onnx.weights import find_weight_files
from baton_engine.open_version import download, open_version
from baton_inference.errors import LoadFailure
from baton_inference.lifecycle.cache import VersionCache
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersion, Source
from baton_inference.lifecycle.load_failures import describe_disk_error, to_load_failure
from baton_inference.lifecycle.policy import Identity
from baton_inference.lifecycle.warmup import warm_up
from baton_registry.errors import NotSigned, RegistryError, VersionNotReady
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import FetchedModel, fetch, reopen
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Label, Schema
from baton_registry.versions.signing import TrustedKey

CompileCodecs = Callable[[ModelVersion, Schema, tuple[Label, ...]], Mapping[str, Any]]
"""Makes what the data plane needs of a version: protocol name to codec."""
OpenEngine = Callable[[FetchedModel], ServingEngine]

log = structlog.get_logger("baton.loader")


class Loader:
    """Loads versions, one at a time, in the watcher's thread."""

    def __init__(  # noqa: PLR0913 - what it is wired from, each by its name
        self,
        registry: RegistryClient,
        cache: VersionCache,
        *,
        open_engine: OpenEngine,
        compile_codecs: CompileCodecs,
        clock: Clock,
        trusted: Sequence[TrustedKey] = (),
    ) -> None:
        """Wires the loader.

        Args:
            registry: where versions are fetched from.
            cache: where they are kept.
            open_engine: makes an engine of a version's files.
            compile_codecs: makes the codecs of a version.
            clock: tells since when a version serves.
            trusted: where there are any, only what one of these keys signed is loaded.
        """
        self._registry = registry
        self._cache = cache
        self._open_engine = open_engine
        self._compile_codecs = compile_codecs
        self._clock = clock
        self._trusted = trusted

    def load(self, version: ModelVersion) -> LiveVersion:
        """The version, ready to serve; from the cache where it is kept unaltered.

        Raises:
            LoadFailure: it cannot be served; the text says why.
        """
        log.info("loading", version=version.version)
        try:
            return self._from_cache(version) or self._from_registry(version)
        except LoadFailure:
            raise
        except Exception as error:
            raise to_load_failure(error) from error

    def load_last_served(self, name: str, alias: str) -> LiveVersion | None:
        """What served last for this model and alias; None where the cache cannot give it."""
        try:
            kept = self._cache.find_last_served(name, alias)
            if kept is None:
                return None
            return self._open(kept[0], lambda: reopen(*kept, find_weight_files), "cache")
        except Exception as error:  # noqa: BLE001 - whatever is wrong, the registry has it too
            log.warning("the cached version cannot be used", reason=str(to_load_failure(error)))
            return None

    def note_serving(self, served: LiveVersion, alias: str) -> None:
        """Remembers what serves for the next start; a cache that cannot be written only warns."""
        try:
            self._cache.point_to(served.model, alias)
        except OSError as error:
            log.warning("the serving version cannot be noted", reason=describe_disk_error(error))

    def clean_up(self) -> None:
        """Removes what died processes left behind."""
        try:
            self._cache.clean()
        except OSError as error:
            log.warning("the cache cannot be cleaned", reason=describe_disk_error(error))

    def _from_cache(self, version: ModelVersion) -> LiveVersion | None:
        try:
            kept = self._cache.find(version.name, Identity.from_version(version))
            if kept is None:
                return None
            recorded, directory = kept
            # What the registry records counts; where it records nothing, what was fetched does.
            expected = version if version.records_checksums else recorded

            def get_files() -> FetchedModel:
                with self._told("verified in the cache", version):
                    return reopen(expected, directory, find_weight_files)

            return self._open(version, get_files, "registry")
        except (NotSigned, VersionNotReady):  # what the registry says: no other files change that
            raise
        except (LoadFailure, RegistryError, EngineError, OSError, ValueError) as error:
            log.warning(
                "the cached version cannot be used; fetching it again",
                version=version.version,
                reason=str(to_load_failure(error)),
            )
            return None

    def _from_registry(self, version: ModelVersion) -> LiveVersion:
        try:
            with self._cache.staging() as folder:

                def get_files() -> FetchedModel:
                    with self._told("fetched and verified", version):
                        return fetch(self._registry, version, folder, find_weight_files)

                def build_and_keep(fetched: FetchedModel) -> LiveVersion:
                    served = self._build(fetched, "registry")
                    self._keep(version.with_checksums(fetched.checksums), folder)
                    return served

                return open_version(version, get_files, build_and_keep, trusted=self._trusted)
        except OSError as error:  # a cache that is full or read-only must not keep us from serving
            log.warning("the version cannot be cached", reason=describe_disk_error(error))
        return self._open(version, partial(download, self._registry, version), "registry")

    def _keep(self, version: ModelVersion, folder: Path) -> None:
        """Keeps what was fetched; a failure costs the next start a download, and nothing now."""
        try:
            self._cache.keep(version, folder)
        except OSError as error:
            log.warning("the version cannot be cached", reason=describe_disk_error(error))

    def _open(
        self, version: ModelVersion, get_files: Callable[[], FetchedModel], source: Source
    ) -> LiveVersion:
        return open_version(
            version, get_files, lambda fetched: self._build(fetched, source), trusted=self._trusted
        )

    def _build(self, fetched: FetchedModel, source: Source) -> LiveVersion:
        schema = fetched.mlmodel.schema
        version = fetched.version
        with self._told("opened and warmed up", version):
            engine = self._open_engine(fetched)
            codecs = self._compile_codecs(version, schema, engine.classes)
            warm = warm_up(engine, schema, fetched.input_example)
        if not fetched.verified:
            log.warning("the version records no checksums", version=version.version)
        if not warm.used_example:
            log.warning("the version has no input example to warm up on", version=version.version)
        return LiveVersion(
            model=version,
            schema=schema,
            engine=engine,
            codecs=codecs,
            example=warm.example,
            inline_rows=warm.inline_rows,
            source=source,
            since=format_utc(self._clock.posix_s()),
        )

    @contextmanager
    def _told(self, event: str, version: ModelVersion) -> Iterator[None]:
        """One line of the story of a swap: what was done, and how long it took."""
        started_s = self._clock.steady_s()
        yield
        seconds = round(self._clock.steady_s() - started_s, 3)
        log.info(event, version=version.version, seconds=seconds)
