"""Fetching and verifying weight files."""

import json
import sys
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


def create_server(files: dict[str, str], tags: dict[str, str]) -> FakeMlflow:
    server = FakeMlflow()
    server.add("1", tags, **files)
    return server


def find_weights(onnx: bytes) -> list[str]:
    """Finds the names after the colon in a fake ONNX file."""
    return onnx.decode().split(":")[1].split(",")


def build_files(*names: str, folder: str = "", absent: str = "") -> dict[str, str]:
    """Builds a version whose ONNX file names these weight files."""
    text = json.dumps({**json.loads(MLMODEL), "flavors": {"onnx": {"data": f"{folder}m.onnx"}}})
    files = {"MLmodel": text, f"{folder}m.onnx": f"onnx:{','.join(names)}"}
    return files | {f"{folder}{name}": f"of {name}" for name in names if name != absent}


@pytest.mark.parametrize("folder", ["", "data/"])
def test_weights_are_fetched_and_verified(tmp_path: Path, folder: str) -> None:
    """Also when the cache is opened."""
    files = build_files("a.data", "b.data", folder=folder)
    client = create_server(files, build_older_tags(files)).client()
    fetched = fetch(client, client.get_version(MODEL, "1"), tmp_path, find_weights)

    assert fetched.weights == {"a.data": b"of a.data", "b.data": b"of b.data"}
    assert fetched.checksums == {name: compute_sha256(files[name]) for name in files}
    assert reopen(fetched.version, tmp_path, find_weights) == fetched

    (tmp_path / folder / "b.data").write_text("evil")
    assert fetched.weights["b.data"] == b"of b.data"
    with pytest.raises(ChecksumMismatch, match=r"b\.data"):
        reopen(fetched.version, tmp_path, find_weights)


def test_weights_without_a_recorded_checksum_are_refused(tmp_path: Path) -> None:
    files = build_files("a.data")
    tags = build_older_tags({name: files[name] for name in ("MLmodel", "m.onnx")})
    client = create_server(files, tags).client()
    with pytest.raises(ChecksumMismatch, match=r"a\.data"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path, find_weights)


def test_link_to_weights_is_rejected(tmp_path: Path) -> None:
    files = build_files("a.data")
    client = create_server(files, {}).client()
    version = fetch(client, client.get_version(MODEL, "1"), tmp_path, find_weights).version
    (tmp_path / "a.data").rename(tmp_path / "elsewhere")
    (tmp_path / "a.data").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"a\.data|symbolic"):
        reopen(version, tmp_path, find_weights)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "", "a\\b", "a\0b"])
def test_weights_outside_of_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    """The error says what to do."""
    client = create_server(build_files(name), {}).client()
    with pytest.raises(InvalidModel, match=r"outside.*save_as_external_data=False"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path, find_weights)


def test_error_names_missing_weights(tmp_path: Path) -> None:
    """It says what to do."""
    client = create_server(build_files("a.data", absent="a.data"), {}).client()
    with pytest.raises(ArtifactNotFound, match=r"a\.data.*save_as_external_data=False"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path, find_weights)


def test_weight_files_share_a_size_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ONNX file may name any number of them."""
    monkeypatch.setattr(sys.modules["baton_registry.rest.fetch"], "MAX_FILE_BYTES", 15)
    client = create_server(build_files("a.data", "b.data"), {}).client()
    with pytest.raises(InvalidModel, match="over 15 bytes"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path, find_weights)
