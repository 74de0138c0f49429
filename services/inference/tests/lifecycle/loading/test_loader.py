"""The loader: versions from the registry."""

from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from baton_engine.engine import ServingEngine
from baton_inference.errors import FailureKind
from baton_inference.lifecycle.loading.loader import Loader
from baton_registry.errors import RegistryRefused, RegistryUnavailable
from baton_registry.rest.fetch import FetchedModel
from tests.support.fakes.loader import catch_failure, make_loader
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import open_fake_engine


def test_a_loaded_version_can_serve(loader: Loader, registry: FakeRegistry) -> None:
    """It has its engine, its codecs and an example, and is warmed up."""
    version = loader.load(registry.add("1", "sum 0.75"))
    assert (version.model.version, version.source, version.engine.name) == ("1", "registry", "sum")
    assert version.example == {"x": 1.5, "n": 2, "note": "b"}
    assert version.inline_rows > 0
    assert set(version.codecs) == {"predict", "invocations", "v2"}


def test_requests_pass_between_the_steps(registry: FakeRegistry, tmp_path: Path) -> None:
    """A load rests before each step that holds the interpreter's lock."""
    steps: list[str] = []

    def open_noted(fetched: FetchedModel) -> ServingEngine:
        steps.append("open")
        return open_fake_engine(fetched)

    loader = make_loader(
        registry, tmp_path, open_engine=open_noted, rest=lambda: steps.append("rest")
    )
    loader.load(registry.add("1"))

    assert steps == ["rest", "open", "rest", "rest"]


def test_a_wrong_checksum_is_a_load_failure(loader: Loader, registry: FakeRegistry) -> None:
    """The checksum of each file must be the recorded one."""
    version = registry.add("1")
    registry.files[version.source]["model.onnx"] = b"sum 0.99"
    assert catch_failure(loader, version)[0] is FailureKind.CHECKSUM


def test_a_version_without_checksums_loads_with_a_warning(
    loader: Loader, registry: FakeRegistry
) -> None:
    """Versions of plain MLflow record no checksums."""
    with capture_logs() as logs:
        assert loader.load(registry.add("1", record="nothing")).model.version == "1"
    assert "the version records no checksums" in [each["event"] for each in logs]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (RegistryUnavailable("away"), FailureKind.FETCH),
        (RegistryRefused("403", error_code="", status=403), FailureKind.FETCH),
        (MemoryError(), FailureKind.INTERNAL),
    ],
)
def test_an_error_of_the_fetch_is_a_load_failure(
    loader: Loader, registry: FakeRegistry, fault: Exception, kind: FailureKind
) -> None:
    """The kind of the failure follows from the error."""
    version = registry.add("1")
    registry.download_fault = fault
    assert catch_failure(loader, version)[0] is kind


def test_a_version_that_is_not_ready_is_retried_soon(
    loader: Loader, registry: FakeRegistry
) -> None:
    version = replace(registry.add("1"), status="PENDING_REGISTRATION")
    kind, reason = catch_failure(loader, version)
    assert kind is FailureKind.FETCH
    assert "PENDING_REGISTRATION" in reason


def test_a_version_without_an_onnx_model_is_a_load_failure(
    loader: Loader, registry: FakeRegistry
) -> None:
    """The reason names the flavours that the version has."""
    version = registry.add("1", record="nothing")
    registry.files[version.source]["MLmodel"] = b'{"flavors": {"sklearn": {}}}'
    kind, reason = catch_failure(loader, version)
    assert kind is FailureKind.INVALID
    assert "no ONNX model" in reason
    assert "sklearn" in reason
    version = registry.add("2")
    del registry.files[version.source]["model.onnx"]
    assert catch_failure(loader, version)[0] is FailureKind.INVALID


def test_a_broken_model_and_a_failing_one_differ_in_kind(
    loader: Loader, registry: FakeRegistry
) -> None:
    """One cannot be built, the other one fails on its input example."""
    assert catch_failure(loader, registry.add("1", "broken"))[0] is FailureKind.ENGINE
    assert catch_failure(loader, registry.add("2", "error"))[0] is FailureKind.WARM_UP


def test_a_failed_version_is_not_cached(loader: Loader, registry: FakeRegistry) -> None:
    """A retry fetches it again, because its files may have been repaired."""
    catch_failure(loader, registry.add("1", "broken", record="nothing"))
    assert loader.load(registry.add("1", "sum 0.5", record="nothing")).model.version == "1"


def test_private_columns_are_those_of_the_manifest(loader: Loader, registry: FakeRegistry) -> None:
    """From the registry and from the cache. Older versions have no manifest: they are not known."""
    versions = [
        registry.add("1", private=("n", "note")),
        registry.add("2"),
        registry.add("3", record="tags"),
        registry.add("4", record="nothing"),
    ]
    for _ in range(2):
        found = [loader.load(each).private_columns for each in versions]
        assert found == [frozenset({"n", "note"}), frozenset(), None, None]
