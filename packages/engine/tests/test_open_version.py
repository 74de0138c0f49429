"""Opening versions."""

from types import MappingProxyType

import pytest

from baton_engine.open_version import open_version
from baton_registry.errors import NotSigned, VersionNotReady
from baton_registry.rest.fetch import FetchedModel
from baton_registry.versions.keys import generate_key_pair, parse_signing_key
from baton_registry.versions.mlmodel import MLModel
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Column, Schema


class Files:
    """A version's files, with the number of calls."""

    def __init__(self, version: ModelVersion) -> None:
        self.version = version
        self.calls = 0

    def __call__(self) -> FetchedModel:
        self.calls += 1
        mlmodel = MLModel(Schema((Column("x", "double"),)), "model.onnx", None)
        return FetchedModel(self.version, mlmodel, b"onnx", None, verified=True, checksums={})


def test_fetched_files_are_built() -> None:
    """If the version is READY, and signed if that is required."""
    key = parse_signing_key(generate_key_pair()[0])
    tags = {"baton.manifest": "ab" * 32, "baton.gate": "passed"}
    tags.update([key.sign("m", tags)])
    version = ModelVersion("m", "1", tags=MappingProxyType(tags))
    for trusted in ((), (key.public,)):
        built = open_version(version, Files(version), lambda files: files.onnx, trusted=trusted)
        assert built == b"onnx"


def test_no_file_is_fetched_before_the_checks() -> None:
    """A version that is not READY or not signed stays unopened."""
    trusted = (parse_signing_key(generate_key_pair()[0]).public,)
    for version, error in (
        (ModelVersion("m", "1", status="PENDING_REGISTRATION"), VersionNotReady),
        (ModelVersion("m", "1"), NotSigned),
    ):
        files = Files(version)
        with pytest.raises(error, match="version 1"):
            open_version(version, files, lambda files: files.onnx, trusted=trusted)
        assert files.calls == 0
