"""The application of the inference service, with a fake registry and fake models."""

from pathlib import Path
from typing import Any

from baton_inference.app import create_app
from baton_inference.core import Core, create_core
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.scoring.workers import Pools
from baton_inference.settings import InferenceSettings
from baton_inference.web.access.key_file import KeyFile
from baton_inference.web.front import Front
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import open_fake_engine


def make_settings(cache_dir: Path, **values: Any) -> InferenceSettings:
    """Makes settings as if from the environment."""
    return InferenceSettings.model_validate({"BATON_CACHE_DIR": str(cache_dir), **values})


def make_core(cache_dir: Path, registry: FakeRegistry, time: ManualClock) -> Core:
    """Makes a core that has not polled yet."""
    settings = make_settings(cache_dir)
    return create_core(
        settings, registry=registry, open_engine=open_fake_engine, clock=time.clock()
    )


def make_app(
    cache_dir: Path,
    version: LiveVersion | None = None,
    *,
    keys: KeyFile | None = None,
    **values: Any,
) -> tuple[Front, Core]:
    """Makes the application and its core; `version` serves, `values` are settings."""
    settings = make_settings(cache_dir, **values)
    core = create_core(settings, registry=FakeRegistry(), open_engine=open_fake_engine)
    if version is not None:
        core.live.swap(version)
    return create_app(settings, core, Pools(), keys), core
