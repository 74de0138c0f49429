"""Loads a version until it can serve: fetch, verify, build, warm up."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from baton_common.utc import format_utc
from baton_engine.engine import EngineError, Rest, ServingEngine
from baton_engine.onnx.weights import find_weight_files
from baton_engine.open_version import fetch_temporarily, open_version
from baton_inference.errors import LoadFailure
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersion, Source
from baton_inference.lifecycle.loading.cache import VersionCache
from baton_inference.lifecycle.loading.load_failures import describe_disk_error, to_load_failure
from baton_inference.lifecycle.loading.load_marks import LoadMarks
from baton_inference.lifecycle.loading.warmup import warm_up
from baton_registry.errors import NotSigned, RegistryError, VersionNotReady
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import FetchedModel, fetch, reopen
from baton_registry.versions.model_version import MANIFEST_TAG, ModelVersion
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Schema
from baton_registry.versions.signing import TrustedKey

CompileCodecs = Callable[[ModelVersion, Schema, OutputSchema], Mapping[str, Any]]
"""Compiles the codecs of a version: protocol name to codec."""
OpenEngine = Callable[[FetchedModel], ServingEngine]

log = structlog.get_logger("baton.loader")


class Loader:
    """Loads versions, one at a time for each role, in the threads of the pollers.

    Attributes:
        marks: the versions on trial.
    """

    def __init__(  # noqa: PLR0913 - its dependencies, each passed by name
        self,
        registry: RegistryClient,
        cache: VersionCache,
        *,
        open_engine: OpenEngine,
        compile_codecs: CompileCodecs,
        marks: LoadMarks,
        clock: Clock,
        rest: Rest = lambda: None,
        trusted: Sequence[TrustedKey] = (),
    ) -> None:
        """Wires the loader.

        Args:
            registry: the source of versions.
            cache: keeps fetched versions on disk.
            open_engine: builds the engine from a version's files.
            compile_codecs: compiles the codecs of a version.
            marks: marks a version before its engine is built; those of the process.
            clock: gives the time at which a version starts to serve.
            rest: called between the steps of a load; see `rest_from_loading`.
            trusted: if not empty, only versions that one of these keys signed are loaded.
        """
        self._registry = registry
        self._cache = cache
        self._open_engine = open_engine
        self._compile_codecs = compile_codecs
        self.marks = marks
        self._clock = clock
        self._rest = rest
        self._trusted = trusted

    def load(self, version: ModelVersion) -> LiveVersion:
        """Loads a version from the cache, or from the registry if the cache cannot provide it.

        Raises:
            LoadFailure: the version cannot be served; the message gives the reason.
        """
        log.info("loading", version=version.version)
        try:
            return self._load_from_cache(version) or self._load_from_registry(version)
        except LoadFailure:
            raise
        except Exception as error:
            raise to_load_failure(error) from error

    def load_last_served(
        self, name: str, alias: str, *, tries_blamed: bool = False
    ) -> LiveVersion | None:
        """Loads the last serving version from the cache; None if the cache has none.

        If that version is blamed, the one before is loaded: see `Blame.choose`.
        """
        try:
            served = self._cache.find_last_served(name, alias)
            cached = self.marks.blame.choose(served, tries_blamed=tries_blamed)
            if cached is None:
                return None
            loaded = self._open(cached[0], lambda: reopen(*cached, find_weight_files), "cache")
        except Exception as error:  # noqa: BLE001 - after any error the registry has the version
            log.warning("the cached version cannot be used", reason=str(to_load_failure(error)))
            return None
        if cached is not served[0]:
            self.record_serving(loaded, alias)
        return loaded

    def record_serving(self, version: LiveVersion, alias: str) -> None:
        """Records in the cache which version serves. Logs a warning if the disk fails."""
        try:
            self._cache.record_serving(version.model, alias)
        except OSError as error:
            log.warning("the cache cannot be written", reason=describe_disk_error(error))

    def clean_up(self) -> None:
        """Removes the cache folders of processes that died."""
        try:
            self._cache.remove_leftovers()
        except OSError as error:
            log.warning("the cache cannot be cleaned", reason=describe_disk_error(error))

    def _load_from_cache(self, version: ModelVersion) -> LiveVersion | None:
        try:
            cached = self._cache.find(version.name, version.identity)
            if cached is None:
                return None
            recorded, directory = cached
            # The registry's checksums take precedence over those of the fetched files.
            expected = version if version.records_checksums else recorded

            def get_files() -> FetchedModel:
                with self._log_duration("verified in the cache", version):
                    return reopen(expected, directory, find_weight_files)

            return self._open(version, get_files, "registry")
        except (NotSigned, VersionNotReady):  # these follow from the registry, not from the files
            raise
        except (LoadFailure, RegistryError, EngineError, OSError, ValueError) as error:
            log.warning(
                "the cached version cannot be used; fetching it again",
                version=version.version,
                reason=str(to_load_failure(error)),
            )
            return None

    def _load_from_registry(self, version: ModelVersion) -> LiveVersion:
        try:
            with self._cache.stage() as folder:

                def get_files() -> FetchedModel:
                    with self._log_duration("fetched and verified", version):
                        return fetch(self._registry, version, folder, find_weight_files)

                def build_and_keep(fetched: FetchedModel) -> LiveVersion:
                    built = self._build(fetched, "registry")
                    self._keep(version.with_checksums(fetched.checksums), folder)
                    return built

                return open_version(version, get_files, build_and_keep, trusted=self._trusted)
        except OSError as error:  # a full or read-only cache must not prevent serving
            log.warning("the version cannot be cached", reason=describe_disk_error(error))
        return self._open(version, partial(fetch_temporarily, self._registry, version), "registry")

    def _keep(self, version: ModelVersion, folder: Path) -> None:
        """Caches the fetched files. After a failure, the next start downloads them again."""
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
        self.marks.begin(fetched.version)
        try:
            return self._build_marked(fetched, source)
        except BaseException:
            self.marks.end(fetched.version.identity)
            raise

    def _build_marked(self, fetched: FetchedModel, source: Source) -> LiveVersion:
        schema = fetched.mlmodel.schema
        version = fetched.version
        with self._log_duration("opened and warmed up", version):
            self._rest()
            engine = self._open_engine(fetched)
            self._rest()
            codecs = self._compile_codecs(version, schema, engine.output_schema)
            self._rest()
            warmup = warm_up(engine, schema, fetched.input_example)
        if not fetched.verified:
            log.warning("the version records no checksums", version=version.version)
        if not warmup.has_example:
            log.warning("the version has no usable input example", version=version.version)
        return LiveVersion(
            model=version,
            schema=schema,
            engine=engine,
            codecs=codecs,
            example=warmup.example,
            inline_rows=warmup.inline_rows,
            pace=warmup.pace,
            source=source,
            since=format_utc(self._clock.posix_s()),
            gate_figures=fetched.manifest.gate_figures,
            private_columns=_find_private_columns(fetched),
        )

    @contextmanager
    def _log_duration(self, event: str, version: ModelVersion) -> Iterator[None]:
        """Logs one step of a load and its duration."""
        started_s = self._clock.steady_s()
        yield
        seconds = round(self._clock.steady_s() - started_s, 3)
        log.info(event, version=version.version, seconds=seconds)


def _find_private_columns(fetched: FetchedModel) -> frozenset[str] | None:
    """Finds the private columns; None if the version has no manifest, but older tags."""
    if MANIFEST_TAG not in fetched.version.tags:
        return None
    return frozenset(fetched.manifest.private_columns)
