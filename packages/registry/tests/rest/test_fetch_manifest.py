"""Fetching versions with a manifest."""

import json
from pathlib import Path
from typing import Any

import pytest

from baton_registry.errors import ArtifactNotFound, ChecksumMismatch, InvalidModel, RegistryError
from baton_registry.rest.fetch import fetch, fetch_file, fetch_manifest, fetch_mlmodel, reopen
from baton_registry.versions.manifest import MANIFEST_FILE, MAX_MANIFEST_BYTES, Manifest
from tests.support.fakes.registry import (
    MODEL,
    FakeMlflow,
    build_manifest,
    build_mlmodel,
    build_older_tags,
    compute_sha256,
)

MLMODEL = build_mlmodel(("age", "double", True))
WITH_EXAMPLE = {"saved_input_example_info": {"artifact_path": "example.json"}}
FILES = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
DIGESTS = {path: compute_sha256(text) for path, text in FILES.items()}


def add_manifest(files: dict[str, str], **facts: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Adds a manifest to the files; returns them and the manifest's tag."""
    text = build_manifest(files, **facts)
    return {**files, MANIFEST_FILE: text}, {"baton.manifest": compute_sha256(text)}


def create_server(files: dict[str, str], tags: dict[str, str]) -> FakeMlflow:
    server = FakeMlflow()
    server.add("1", tags, **files)
    return server


def test_version_with_a_manifest_is_verified(tmp_path: Path) -> None:
    """One tag covers all files and the record."""
    files, tags = add_manifest({**FILES, "model.skops": "pickled"}, held_out_by="customer")
    client = create_server(files, tags).client()

    fetched = fetch(client, client.get_version(MODEL, "1"), tmp_path)

    assert fetched.verified
    assert fetched.manifest.held_out_by == "customer"
    assert set(fetched.manifest.files) == {"MLmodel", "model.onnx", "model.skops"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "MLmodel",
        MANIFEST_FILE,
        "model.onnx",
    ]
    assert reopen(fetched.version, tmp_path) == fetched


@pytest.mark.parametrize("path", ["MLmodel", "model.onnx", MANIFEST_FILE])
@pytest.mark.parametrize("is_there", [True, False])
def test_altered_or_missing_file_is_refused(tmp_path: Path, path: str, *, is_there: bool) -> None:
    """In the store and on disk, and also the manifest itself."""
    files, tags = add_manifest(FILES)
    client = create_server(files, tags).client()
    version = fetch(client, client.get_version(MODEL, "1"), tmp_path).version
    altered = {**files, path: files[path] + " "} if is_there else files
    if not is_there:
        del altered[path]
        (tmp_path / path).unlink()
    else:
        (tmp_path / path).write_text(altered[path])
    other = tmp_path / "other"
    other.mkdir()

    with pytest.raises(ChecksumMismatch if is_there else ArtifactNotFound, match=path):
        reopen(version, tmp_path)
    with pytest.raises(ChecksumMismatch if is_there else ArtifactNotFound, match=path):
        fetch(create_server(altered, tags).client(), version, other)


@pytest.mark.parametrize("path", ["MLmodel", "model.onnx", "example.json"])
def test_unlisted_file_is_refused(tmp_path: Path, path: str) -> None:
    """It was added later."""
    document = {**json.loads(MLMODEL), **WITH_EXAMPLE}
    listed = {"MLmodel": json.dumps(document), "model.onnx": "onnx", "example.json": "{}"}
    files, tags = add_manifest({name: text for name, text in listed.items() if name != path})
    client = create_server({**files, path: listed[path]}, tags).client()

    with pytest.raises(ChecksumMismatch, match=path):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)


@pytest.mark.parametrize("tag", ["", "ab", "AB" * 32, "ab" * 32 + "\n", "ab" * 33])
def test_invalid_manifest_tag_is_refused_before_any_download(tmp_path: Path, tag: str) -> None:
    """Also if there are valid older tags."""
    server = create_server(FILES, {**build_older_tags(FILES), "baton.manifest": tag})
    client = server.client()
    version = client.get_version(MODEL, "1")
    server.log.clear()

    with pytest.raises(ChecksumMismatch, match="tag"):
        fetch(client, version, tmp_path)
    assert server.log == []
    with pytest.raises(ChecksumMismatch, match="tag"):
        reopen(version, tmp_path)


def test_manifest_and_older_tags_must_both_match(tmp_path: Path) -> None:
    files, tag = add_manifest(FILES, data_sha256="ab" * 32)
    both = {**tag, **build_older_tags(files)}
    client = create_server(files, both).client()
    assert fetch(client, client.get_version(MODEL, "1"), tmp_path).verified

    wrong = "cd" * 32
    for altered in (
        {"baton.manifest": wrong},
        {"baton.sha256.model.onnx": wrong},
        {"baton.sha256.MLmodel": wrong},
        {f"baton.sha256.{MANIFEST_FILE}": wrong},
        {"baton.data_sha256": wrong},
        {"baton.held_out_by": "customer"},
    ):
        client = create_server(files, {**both, **altered}).client()
        with pytest.raises(ChecksumMismatch):
            fetch(client, client.get_version(MODEL, "1"), tmp_path)
    for lost in ("baton.sha256.MLmodel", "baton.sha256.model.onnx"):
        fewer = {key: value for key, value in both.items() if key != lost}
        client = create_server(files, fewer).client()
        with pytest.raises(ChecksumMismatch):
            fetch(client, client.get_version(MODEL, "1"), tmp_path)


def test_too_large_manifest_is_refused(tmp_path: Path) -> None:
    """During the download and on disk."""
    text = " " * (MAX_MANIFEST_BYTES + 1)
    client = create_server(
        {**FILES, MANIFEST_FILE: text}, {"baton.manifest": compute_sha256(text)}
    ).client()
    version = client.get_version(MODEL, "1")

    with pytest.raises(InvalidModel, match=MANIFEST_FILE):
        fetch(client, version, tmp_path)
    (tmp_path / MANIFEST_FILE).write_text(text)
    with pytest.raises(OSError, match=MANIFEST_FILE):
        reopen(version, tmp_path)


def test_single_files_are_verified(tmp_path: Path) -> None:
    """As by `fetch`."""
    files, tags = add_manifest(FILES)
    client = create_server(files, tags).client()
    version = client.get_version(MODEL, "1")
    assert fetch_manifest(client, version, tmp_path).files == {
        k: compute_sha256(v) for k, v in FILES.items()
    }
    assert fetch_mlmodel(client, version, tmp_path).onnx_path == "model.onnx"
    assert fetch_file(client, version, "model.onnx", tmp_path) == b"onnx"

    forged = create_server({path: text + " " for path, text in files.items()}, tags).client()
    for part in (
        lambda: fetch_manifest(forged, version, tmp_path),
        lambda: fetch_mlmodel(forged, version, tmp_path),
        lambda: fetch_file(forged, version, "model.onnx", tmp_path),
        lambda: fetch_file(client, version, "unlisted", tmp_path),
    ):
        with pytest.raises(RegistryError, match="checksums"):
            part()


def test_older_tags_are_read_as_a_manifest(tmp_path: Path) -> None:
    tags = build_older_tags(FILES) | {
        "baton.data_sha256": "ab" * 32,
        "baton.held_out_by": "customer",
        "baton.gate_figures": '{"gate_rows": 5, "odd": "text", "none": null}',
    }
    for recorded, expected in (
        (tags, Manifest(DIGESTS, "ab" * 32, "customer", gate_figures={"gate_rows": 5})),
        ({**tags, "baton.gate_figures": "["}, Manifest(DIGESTS, "ab" * 32, "customer")),
        ({}, Manifest()),
    ):
        client = create_server(FILES, recorded).client()
        assert fetch(client, client.get_version(MODEL, "1"), tmp_path).manifest == expected
