"""Fetching and verifying a version's files."""

import json
from pathlib import Path

import pytest

from baton_registry.errors import ArtifactNotFound, ChecksumMismatch, InvalidModel
from baton_registry.rest.fetch import fetch, reopen
from tests.support.fakes.registry import (
    MODEL,
    FakeMlflow,
    build_mlmodel,
    build_older_tags,
    compute_sha256,
)

MLMODEL = build_mlmodel(("age", "double", True))
WITH_EXAMPLE = {"saved_input_example_info": {"artifact_path": "example.json"}}


def create_server(files: dict[str, str], tags: dict[str, str]) -> FakeMlflow:
    server = FakeMlflow()
    server.add("1", tags, **files)
    return server


def test_fetched_files_are_verified(tmp_path: Path) -> None:
    """No other file is fetched."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx", "model.skops": "pickled"}
    client = create_server(files, build_older_tags(files)).client()

    fetched = fetch(client, client.get_version(MODEL, "1"), tmp_path)

    assert fetched.verified
    assert fetched.onnx == b"onnx"
    assert fetched.checksums == {
        name: compute_sha256(files[name]) for name in ("MLmodel", "model.onnx")
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["MLmodel", "model.onnx"]
    assert reopen(fetched.version, tmp_path) == fetched


@pytest.mark.parametrize("altered", ["MLmodel", "model.onnx"])
def test_altered_file_is_refused(tmp_path: Path, altered: str) -> None:
    """The error names it."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    tags = build_older_tags(files | {altered: "the registered content"})
    client = create_server(files, tags).client()

    with pytest.raises(ChecksumMismatch, match=altered):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)


def test_file_without_a_recorded_checksum_is_refused(tmp_path: Path) -> None:
    """It was added later."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    client = create_server(files, build_older_tags({"MLmodel": MLMODEL})).client()

    with pytest.raises(ChecksumMismatch, match=r"model\.onnx"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)


def test_version_without_checksums_is_not_verified(tmp_path: Path) -> None:
    """Plain MLflow records none."""
    client = create_server({"MLmodel": MLMODEL, "model.onnx": "onnx"}, {}).client()

    assert not fetch(client, client.get_version(MODEL, "1"), tmp_path).verified


def test_error_names_the_missing_file(tmp_path: Path) -> None:
    client = create_server({"MLmodel": MLMODEL}, {}).client()

    with pytest.raises(ArtifactNotFound, match=r"model\.onnx"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)


def test_missing_recorded_file_is_refused(tmp_path: Path) -> None:
    """An input example may be absent only if it is not recorded."""
    files = {"MLmodel": json.dumps({**json.loads(MLMODEL), **WITH_EXAMPLE}), "model.onnx": "onnx"}
    client = create_server(files, build_older_tags(files)).client()
    assert fetch(client, client.get_version(MODEL, "1"), tmp_path).input_example is None

    client = create_server(files, build_older_tags({**files, "example.json": "{}"})).client()
    with pytest.raises(ArtifactNotFound, match=r"example\.json"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)


@pytest.mark.parametrize("uri", ["mlflow-artifacts:/../secrets", "mlflow-artifacts:/1/../../x"])
def test_artifact_path_outside_of_the_store_is_refused(tmp_path: Path, uri: str) -> None:
    server = create_server({"MLmodel": MLMODEL}, {})
    server.artifact_uri = uri
    client = server.client()

    with pytest.raises(InvalidModel, match="outside"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)


def test_later_changes_on_disk_do_not_matter(tmp_path: Path) -> None:
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    client = create_server(files, build_older_tags(files)).client()
    fetched = fetch(client, client.get_version(MODEL, "1"), tmp_path)

    (tmp_path / "model.onnx").write_text("evil")
    assert fetched.onnx == b"onnx"


def test_link_in_the_cache_is_rejected(tmp_path: Path) -> None:
    """Also if it leads to the right content: that may change."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    client = create_server(files, build_older_tags(files)).client()
    version = fetch(client, client.get_version(MODEL, "1"), tmp_path).version
    (tmp_path / "model.onnx").rename(tmp_path / "elsewhere")
    (tmp_path / "model.onnx").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match=r"model\.onnx"):
        reopen(version, tmp_path)


def test_altered_or_missing_cached_file_is_refused(tmp_path: Path) -> None:
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    client = create_server(files, build_older_tags(files)).client()
    version = fetch(client, client.get_version(MODEL, "1"), tmp_path).version

    (tmp_path / "model.onnx").write_text("oops")
    with pytest.raises(ChecksumMismatch):
        reopen(version, tmp_path)
    (tmp_path / "model.onnx").unlink()
    with pytest.raises(ArtifactNotFound):
        reopen(version, tmp_path)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[", "not YAML"),
        ("a: &a {b: 1}\nc: {<<: *a}", "not YAML"),
        ("#" * 2**22 + "##", "over"),
        ("- a list", "not a mapping"),
        ("flavors: {sklearn: {}}", "no ONNX model"),
        ("flavors: {onnx: {data: ../../etc/passwd}}", "outside"),
        ("flavors: {onnx: {data: /etc/passwd}}", "outside"),
        ("flavors: {onnx: {data: m.onnx}}", "no schema"),
        ("flavors: {onnx: {data: m.onnx}}\nsignature: {inputs: '['}", "not JSON"),
        (
            'flavors: {onnx: {data: m}}\nsignature: {inputs: \'[{"type": "tensor"}]\'}',
            "tensors",
        ),
        (build_mlmodel(("when", "binary", True)), "binary"),
        (build_mlmodel(("a", "long", True), ("a", "long", True)), "twice"),
        (build_mlmodel(), "no input columns"),
    ],
)
def test_invalid_mlmodel_says_why(tmp_path: Path, text: str, word: str) -> None:
    client = create_server({"MLmodel": text}, {}).client()

    with pytest.raises(InvalidModel, match=word):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)
