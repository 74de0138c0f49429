"""Fetching and verifying a version's files."""

import json
import sys
from pathlib import Path

import pytest

from baton_registry import ArtifactNotFound, ChecksumMismatch, InvalidModel, reopen
from baton_registry.rest.fetch import fetch
from tests.support.fakes.registry import MODEL, FakeMlflow, mlmodel, older_tags, sha256

MLMODEL = mlmodel(("age", "double", True))
WITH_EXAMPLE = {"saved_input_example_info": {"artifact_path": "example.json"}}


def server_with(files: dict[str, str], tags: dict[str, str]) -> FakeMlflow:
    server = FakeMlflow()
    server.add("1", tags, **files)
    return server


def test_fetch_gives_verified_files(tmp_path: Path) -> None:
    """Files whose checksums match are there afterwards, marked as verified; no other file is."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx", "model.skops": "pickled"}
    client = server_with(files, older_tags(files)).client()

    fetched = fetch(client, client.get_version(MODEL, "1"), tmp_path)

    assert fetched.verified
    assert fetched.onnx == b"onnx"
    assert fetched.checksums == {name: sha256(files[name]) for name in ("MLmodel", "model.onnx")}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["MLmodel", "model.onnx"]
    assert reopen(fetched.version, tmp_path) == fetched


@pytest.mark.parametrize("altered", ["MLmodel", "model.onnx"])
def test_another_file_than_registered_is_refused(tmp_path: Path, altered: str) -> None:
    """A file that differs from its recorded checksum is refused by name."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    tags = older_tags(files | {altered: "as it was registered"})
    client = server_with(files, tags).client()

    with pytest.raises(ChecksumMismatch, match=altered):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)


def test_a_file_without_a_checksum_among_others_is_refused(tmp_path: Path) -> None:
    """Where checksums are recorded, a file that has none was added later: refused."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    client = server_with(files, older_tags({"MLmodel": MLMODEL})).client()

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


def test_a_recorded_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    """An input example may be absent, but not where it was registered and is gone."""
    files = {"MLmodel": json.dumps({**json.loads(MLMODEL), **WITH_EXAMPLE}), "model.onnx": "onnx"}
    client = server_with(files, older_tags(files)).client()
    assert fetch(client, client.get_version(MODEL, "1"), tmp_path).input_example is None

    client = server_with(files, older_tags({**files, "example.json": "{}"})).client()
    with pytest.raises(ArtifactNotFound, match=r"example\.json"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)


@pytest.mark.parametrize("uri", ["mlflow-artifacts:/../secrets", "mlflow-artifacts:/1/../../x"])
def test_an_address_outside_of_the_store_is_refused(tmp_path: Path, uri: str) -> None:
    """What the registry calls a version's folder leads to no other route of the server."""
    server = server_with({"MLmodel": MLMODEL}, {})
    server.artifact_uri = uri
    client = server.client()

    with pytest.raises(InvalidModel, match="outside"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path)


def test_what_was_verified_is_what_is_given(tmp_path: Path) -> None:
    """Files that change on the disk after they were verified change nothing any more."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    client = server_with(files, older_tags(files)).client()
    fetched = fetch(client, client.get_version(MODEL, "1"), tmp_path)

    (tmp_path / "model.onnx").write_text("evil")
    assert fetched.onnx == b"onnx"


def test_a_link_in_the_cache_is_not_followed(tmp_path: Path) -> None:
    """Not even to a file with the right content: the next time it may have another."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    client = server_with(files, older_tags(files)).client()
    version = fetch(client, client.get_version(MODEL, "1"), tmp_path).version
    (tmp_path / "model.onnx").rename(tmp_path / "elsewhere")
    (tmp_path / "model.onnx").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match=r"model\.onnx"):
        reopen(version, tmp_path)


def test_altered_cache_is_refused(tmp_path: Path) -> None:
    """Files altered or lost after the fetch are refused when opened again."""
    files = {"MLmodel": MLMODEL, "model.onnx": "onnx"}
    client = server_with(files, older_tags(files)).client()
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


def two_weights(onnx: bytes) -> list[str]:
    """An ONNX file that names the files after a colon."""
    return onnx.decode().split(":")[1].split(",")


def with_weights(*names: str, folder: str = "", left_out: str = "") -> dict[str, str]:
    """A version whose ONNX file names these files for its weights."""
    text = json.dumps({**json.loads(MLMODEL), "flavors": {"onnx": {"data": f"{folder}m.onnx"}}})
    files = {"MLmodel": text, f"{folder}m.onnx": f"onnx:{','.join(names)}"}
    return files | {f"{folder}{name}": f"of {name}" for name in names if name != left_out}


@pytest.mark.parametrize("folder", ["", "data/"])
def test_weights_are_fetched_and_verified(tmp_path: Path, folder: str) -> None:
    """Files of weights stand beside the ONNX file, and are verified as it is; also afterwards."""
    files = with_weights("a.data", "b.data", folder=folder)
    client = server_with(files, older_tags(files)).client()
    fetched = fetch(client, client.get_version(MODEL, "1"), tmp_path, two_weights)

    assert fetched.weights == {"a.data": b"of a.data", "b.data": b"of b.data"}
    assert fetched.checksums == {name: sha256(files[name]) for name in files}
    assert reopen(fetched.version, tmp_path, two_weights) == fetched

    (tmp_path / folder / "b.data").write_text("evil")
    assert fetched.weights["b.data"] == b"of b.data"
    with pytest.raises(ChecksumMismatch, match=r"b\.data"):
        reopen(fetched.version, tmp_path, two_weights)


def test_weights_without_a_checksum_among_others_are_refused(tmp_path: Path) -> None:
    """What is verified is what is loaded: weights are no exception."""
    files = with_weights("a.data")
    tags = older_tags({name: files[name] for name in ("MLmodel", "m.onnx")})
    client = server_with(files, tags).client()
    with pytest.raises(ChecksumMismatch, match=r"a\.data"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path, two_weights)


def test_a_link_to_weights_is_not_followed(tmp_path: Path) -> None:
    """Weights in the cache are files, not links to others."""
    files = with_weights("a.data")
    client = server_with(files, {}).client()
    version = fetch(client, client.get_version(MODEL, "1"), tmp_path, two_weights).version
    (tmp_path / "a.data").rename(tmp_path / "elsewhere")
    (tmp_path / "a.data").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"a\.data|symbolic"):
        reopen(version, tmp_path, two_weights)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "", "a\\b", "a\0b"])
def test_weights_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    """A file outside of the version's folder is not read, and the line says what to do."""
    client = server_with(with_weights(name), {}).client()
    with pytest.raises(InvalidModel, match=r"outside.*save_as_external_data=False"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path, two_weights)


def test_weights_that_are_not_there(tmp_path: Path) -> None:
    """The line names the file, and how to do without."""
    client = server_with(with_weights("a.data", left_out="a.data"), {}).client()
    with pytest.raises(ArtifactNotFound, match=r"a\.data.*save_as_external_data=False"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path, two_weights)


def test_weights_have_a_limit_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may name any number of others."""
    monkeypatch.setattr(sys.modules["baton_registry.rest.fetch"], "MAX_FILE_BYTES", 15)
    client = server_with(with_weights("a.data", "b.data"), {}).client()
    with pytest.raises(InvalidModel, match="over 15 bytes"):
        fetch(client, client.get_version(MODEL, "1"), tmp_path, two_weights)
