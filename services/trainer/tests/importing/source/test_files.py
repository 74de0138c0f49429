"""How all files of a version are fetched and verified."""

import os
from pathlib import Path

import pytest

from baton_registry.errors import ChecksumMismatch, InvalidModel
from baton_registry.rest.artifacts import MAX_FILES
from baton_registry.versions.model_version import ModelVersion
from baton_trainer.errors import ImportFailed
from baton_trainer.importing.source.files import fetch_all
from tests.support.fakes.registry import (
    MODEL,
    FakeMlflow,
    build_manifest,
    build_older_tags,
    compute_sha256,
)

FILES = {"MLmodel": "flavors: {}", "model.pkl": "pickle", "code/own/module.py": "x = 1"}


def fetch(registry: FakeMlflow, folder: Path, *, trusts_paths: bool = True) -> Path:
    folder.mkdir(exist_ok=True)
    with registry.client() as client:
        version = client.get_version(MODEL, "1")
        return fetch_all(client, version, folder, trusts_paths=trusts_paths)


def serve(tags: dict[str, str] | None = None, **more: str) -> FakeMlflow:
    registry = FakeMlflow()
    registry.add("1", tags or {}, **FILES, **more)
    return registry


def test_every_file_is_fetched_into_its_folder(tmp_path: Path) -> None:
    folder = fetch(serve(), tmp_path)
    found = {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert found == FILES


@pytest.mark.parametrize("changed", [*FILES])
def test_recorded_checksums_are_verified(changed: str, tmp_path: Path) -> None:
    """Of older tags and of a manifest; without any, nothing can be compared."""
    manifest = build_manifest(FILES)
    for tags, files in (
        (build_older_tags(FILES), {}),
        ({"baton.manifest": compute_sha256(manifest)}, {"baton-manifest.json": manifest}),
    ):
        registry = serve(tags, **files)
        fetch(registry, tmp_path / "intact")
        registry.files[f"1/{changed}"] = b"changed"
        with pytest.raises(ChecksumMismatch, match=changed):
            fetch(registry, tmp_path / "changed")


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", ""])
def test_a_path_outside_of_the_folder_is_refused(path: str, tmp_path: Path) -> None:
    registry = serve()
    registry.listed = [{"path": path, "is_dir": False}]
    with pytest.raises(InvalidModel):
        fetch(registry, tmp_path)
    assert not [*tmp_path.iterdir()]


def test_a_list_without_end_is_refused(tmp_path: Path) -> None:
    """A folder that contains itself."""
    registry = serve()
    registry.listed = [{"path": "again", "is_dir": True}] * 100
    with pytest.raises(InvalidModel, match=f"{MAX_FILES:,}"):
        fetch(registry, tmp_path)


def test_files_on_this_machine_are_copied(tmp_path: Path) -> None:
    """As a tracking server without --serve-artifacts keeps them."""
    stored = tmp_path / "stored"
    (stored / "sub").mkdir(parents=True)
    (stored / "MLmodel").write_text("flavors: {}")
    (stored / "sub" / "file").write_text("x")
    registry = serve()
    registry.artifact_uri = stored.as_uri()
    folder = fetch(registry, tmp_path / "fetched")
    assert (folder / "sub" / "file").read_text() == "x"
    assert folder.is_relative_to(tmp_path / "fetched")


@pytest.mark.parametrize("form", ["uri", "path"])
def test_another_server_cannot_name_files_of_this_machine(form: str, tmp_path: Path) -> None:
    """They would be uploaded as a part of the version."""
    stored = tmp_path / "stored"
    stored.mkdir()
    (stored / "MLmodel").write_text("flavors: {}")
    registry = serve()
    registry.artifact_uri = stored.as_uri() if form == "uri" else str(stored)
    with pytest.raises(ImportFailed, match="--serve-artifacts") as caught:
        fetch(registry, tmp_path / "fetched", trusts_paths=False)
    assert "\n" not in str(caught.value)
    assert not [*(tmp_path / "fetched").iterdir()]


@pytest.mark.parametrize("fault", ["file", "folder", "pipe", "size", "number"])
def test_local_files_have_the_limits_of_served_ones(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link would lead out of the version."""
    stored = tmp_path / "stored"
    stored.mkdir()
    (stored / "MLmodel").write_text("flavors: {}")
    (tmp_path / "secret").write_text("secret")
    if fault == "pipe":
        os.mkfifo(stored / "pipe")
    elif fault in ("file", "folder"):
        (stored / "link").symlink_to(tmp_path / "secret" if fault == "file" else tmp_path)
    elif fault == "size":
        monkeypatch.setattr("baton_trainer.importing.source.files.MAX_FILE_BYTES", 3)
    else:
        monkeypatch.setattr("baton_trainer.importing.source.files.MAX_FILES", 0)
    registry = serve()
    registry.artifact_uri = stored.as_uri()
    with pytest.raises(InvalidModel):
        fetch(registry, tmp_path / "fetched")


def test_a_file_that_is_also_a_folder_is_one_line(tmp_path: Path) -> None:
    registry = serve()
    registry.files |= {"1/a": b"x", "1/a/b": b"x"}
    registry.listed = [{"path": "a", "is_dir": False}, {"path": "a/b", "is_dir": False}]
    with pytest.raises(ImportFailed, match="cannot be stored") as caught:
        fetch(registry, tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "hint"),
    [
        ("file:///srv/missing/model", "--serve-artifacts"),
        ("dbfs:/models/1", "--serve-artifacts"),
        ("http://elsewhere.example/model", "cannot read"),
        ("s3://bucket/model", "pip install boto3"),
    ],
)
def test_other_places_are_one_line(uri: str, hint: str, tmp_path: Path) -> None:
    """An http address is refused, because MLflow's client would send it the credentials."""
    registry = serve()
    registry.artifact_uri = uri
    with pytest.raises(ImportFailed, match=hint) as caught:
        fetch(registry, tmp_path)
    assert uri in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_version_is_named(tmp_path: Path) -> None:
    registry = serve()
    registry.artifact_uri = "file:///srv/missing/model"
    with (
        registry.client() as client,
        pytest.raises(ImportFailed, match="version 1 of churn_model"),
    ):
        fetch_all(client, ModelVersion(MODEL, "1"), tmp_path, trusts_paths=True)
