"""Fetching and verifying a version's files."""

import hashlib
from pathlib import Path

import pytest
from registry_fakes import MODEL, FakeMlflow, mlmodel

from baton_registry import ArtifactNotFound, ChecksumMismatch, InvalidModel, fetch, reopen

MLMODEL = mlmodel(("age", "double", True))


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def tags_for(files: dict[str, str]) -> dict[str, str]:
    return {f"baton.sha256.{path}": sha256(text) for path, text in files.items()}


def server_with(files: dict[str, str], tags: dict[str, str]) -> FakeMlflow:
    server = FakeMlflow()
    server.add("1", tags, **files)
    return server


def test_fetch_gives_verified_files(tmp_path: Path) -> None:
    """Files whose checksums match are there afterwards, marked as verified; no other file is."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx", "model.skops": "pickled"}
    client = server_with(files, tags_for(files)).client()

    fetched = fetch(client, client.get_version(MODEL, "1"), tmp_path)

    assert fetched.verified
    assert fetched.onnx_file.read_text() == "onnx"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["MLmodel", "model.onnx"]
    assert reopen(fetched.version, tmp_path) == fetched


@pytest.mark.parametrize("altered", ["MLmodel", "model.onnx"])
def test_another_file_than_registered_is_refused(tmp_path: Path, altered: str) -> None:
    """A file that differs from its recorded checksum is refused by name."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    tags = tags_for(files | {altered: "as it was registered"})
    client = server_with(files, tags).client()

    with pytest.raises(ChecksumMismatch, match=altered):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)


def test_a_file_without_a_checksum_among_others_is_refused(tmp_path: Path) -> None:
    """Where checksums are recorded, a file that has none was added later: refused."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    client = server_with(files, tags_for({"MLmodel": MLMODEL})).client()

    with pytest.raises(ChecksumMismatch, match=r"model\.onnx"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)


def test_a_version_without_checksums_is_fetched_unverified(tmp_path: Path) -> None:
    """A version that plain MLflow registered comes through, and says that it is not verified."""
    client = server_with({"MLmodel": MLMODEL, "model.onnx": "onnx"}, {}).client()

    assert not fetch(client, client.get_version(MODEL, "1"), tmp_path).verified


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A version whose ONNX file is gone says so."""
    client = server_with({"MLmodel": MLMODEL}, {}).client()

    with pytest.raises(ArtifactNotFound, match=r"model\.onnx"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)


def test_altered_cache_is_refused(tmp_path: Path) -> None:
    """Files altered or lost after the fetch are refused when opened again."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    client = server_with(files, tags_for(files)).client()
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
        ("- a list", "not a mapping"),
        ("flavors: {sklearn: {}}", "no ONNX model"),
        ("flavors: {onnx: {data: ../../etc/passwd}}", "outside"),
        ("flavors: {onnx: {data: /etc/passwd}}", "outside"),
        ("flavors: {onnx: {data: m.onnx}}", "no signature"),
        ("flavors: {onnx: {data: m.onnx}}\nsignature: {inputs: '['}", "not JSON"),
        (
            'flavors: {onnx: {data: m}}\nsignature: {inputs: \'[{"type": "tensor"}]\'}',
            "tensors",
        ),
        (mlmodel(("when", "datetime", True)), "datetime"),
        (mlmodel(("a", "long", True), ("a", "long", True)), "twice"),
        (mlmodel(), "no input columns"),
    ],
)
def test_what_cannot_be_served_says_why(tmp_path: Path, text: str, word: str) -> None:
    """Each MLmodel file that cannot be served is refused with its reason."""
    client = server_with({"MLmodel": text}, {}).client()

    with pytest.raises(InvalidModel, match=word):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)
