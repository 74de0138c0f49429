"""The slot."""

from dataclasses import replace

import pytest

from baton_inference.lifecycle.slot import Slot
from baton_registry.versions.model_version import ModelVersion
from tests.support.inference_fakes import served


def test_only_a_replacement_is_one() -> None:
    """The first version in replaces nothing; the next one does."""
    slot = Slot()
    assert not slot.swap(served(version="1"))
    assert slot.swap(served(version="2"))
    assert slot.served is not None
    assert slot.served.model.version == "2"


def test_confirmation_changes_the_source_alone() -> None:
    """What the registry confirms keeps its engine and its start."""
    slot = Slot()
    before = replace(served(), source="cache")
    slot.swap(before)
    slot.confirm()
    after = slot.served
    assert after is not None
    assert (after.source, after.engine, after.since) == ("registry", before.engine, before.since)


@pytest.mark.parametrize(
    ("name", "header"),
    [("churn model/1", b"churn model/1"), ("Zürich", b"Z%C3%BCrich"), ("50%\n", b"50%25%0A")],
)
def test_headers_are_ascii(name: str, header: bytes) -> None:
    """Whatever a model is called, its header is ASCII, and says the name without loss."""
    named = replace(served(), model=ModelVersion(name, "1"))
    assert named.headers == ((b"x-model-name", header), (b"x-model-version", b"1"))
