"""A registry in memory, and a loader and a core that use it."""

from pathlib import Path

import pytest

from baton_inference.core import Core
from baton_inference.lifecycle.loading.loader import Loader
from tests.support.fakes.application import make_core
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.loader import make_loader
from tests.support.fakes.memory_registry import FakeRegistry


@pytest.fixture
def registry() -> FakeRegistry:
    """An empty registry."""
    return FakeRegistry()


@pytest.fixture
def two_versions(registry: FakeRegistry) -> None:
    """Fills the registry with two versions; the alias points to the first."""
    registry.add("1", "sum 0.25")
    registry.add("2", "sum 0.75")
    registry.alias = "1"


@pytest.fixture
def loader(registry: FakeRegistry, tmp_path: Path) -> Loader:
    """A loader with an empty cache."""
    return make_loader(registry, tmp_path / "cache")


@pytest.fixture
def time() -> ManualClock:
    """A clock that the test moves."""
    return ManualClock()


@pytest.fixture
def core(tmp_path: Path, registry: FakeRegistry, time: ManualClock) -> Core:
    """A core with an empty cache that has not polled yet."""
    return make_core(tmp_path / "cache", registry, time)
