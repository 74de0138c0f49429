"""Where things are kept: what MLflow shows is really in PostgreSQL and in the bucket."""

import io
import subprocess
import tarfile

from tests.support.stack.containers import MODEL, ROOT, Stack

EXPORT = "docker compose run --rm --no-deps -T bucket python -m baton_tracking.bucket export"


def test_metadata_is_in_postgresql(stack: Stack) -> None:
    """PostgreSQL itself, asked past MLflow, knows every version and where the alias points."""
    versions = stack.sql(f"select version from model_versions where name = '{MODEL}' order by 1")
    alias = stack.sql("select version from registered_model_aliases where alias = 'production'")

    assert versions.split() == stack.versions()
    assert alias == stack.status()["aspired_version"]


def test_artifacts_are_in_the_bucket(stack: Stack) -> None:
    """The object store itself, asked past MLflow, holds an ONNX model for every version."""
    versions = int(stack.sql("select count(*) from model_versions"))
    done = subprocess.run(EXPORT.split(), cwd=ROOT, check=True, capture_output=True, timeout=60)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        models = [name for name in archive.getnames() if name.endswith("model.onnx")]

    assert len(models) == versions > 0


def test_no_artifact_is_on_a_server_s_own_disk(stack: Stack) -> None:
    """The tracking server keeps nothing: it has no volume but its secrets."""
    [tracking] = stack.inspect("tracking")

    folders = {mount["Destination"] for mount in tracking["Mounts"] if mount["Type"] == "volume"}
    assert {folder.rpartition("/")[0] for folder in folders} == {"/run/secrets"}
