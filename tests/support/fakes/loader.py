"""A loader with fake models."""

from collections.abc import Callable
from pathlib import Path

import pytest

from baton_inference.errors import FailureKind, LoadFailure
from baton_inference.lifecycle.loading.cache import VersionCache
from baton_inference.lifecycle.loading.load_marks import LoadMarks
from baton_inference.lifecycle.loading.loader import Loader, OpenEngine
from baton_inference.protocols.catalog import compile_codecs
from baton_inference.protocols.protocol import CodecParts
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signing import TrustedKey
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.live_version import InProcessReader
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import open_fake_engine


def make_loader(
    registry: FakeRegistry,
    directory: Path,
    *trusted: TrustedKey,
    open_engine: OpenEngine = open_fake_engine,
    rest: Callable[[], None] = lambda: None,
) -> Loader:
    """Makes a loader whose cache is in a folder."""
    cache = VersionCache(directory)
    return Loader(
        registry,
        cache,
        open_engine=open_engine,
        compile_codecs=lambda version, schema, classes: compile_codecs(
            CodecParts(version, schema, classes, InProcessReader(), 100)
        ),
        marks=LoadMarks(cache, "churn_model", ["production"], "process"),
        clock=ManualClock().clock(),
        rest=rest,
        trusted=trusted,
    )


def catch_failure(loader: Loader, version: ModelVersion) -> tuple[FailureKind, str]:
    """Loads a version that cannot be loaded; returns the kind and the reason."""
    with pytest.raises(LoadFailure) as caught:
        loader.load(version)
    return caught.value.kind, str(caught.value)
