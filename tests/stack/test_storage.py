"""Metadata is in PostgreSQL, artifacts are in the bucket."""

import io
import subprocess
import tarfile

from tests.support.stack.containers import MODEL, ROOT, Stack

EXPORT = "docker compose run --rm --no-deps -T bucket python -m baton_tracking.bucket export"


def test_metadata_is_in_postgresql(stack: Stack) -> None:
    """PostgreSQL has every version and the alias."""
    versions = stack.sql(f"select version from model_versions where name = '{MODEL}' order by 1")
    alias = stack.sql(
        "select version from registered_model_aliases"
        f" where alias = 'production' and name = '{MODEL}'"
    )

    assert versions.split() == stack.versions()
    assert alias == stack.status()["aspired_version"]


def test_artifacts_are_in_the_bucket(stack: Stack) -> None:
    """The bucket has an ONNX model for every version that Baton registered."""
    versions = int(
        stack.sql("select count(*) from model_version_tags where key = 'baton.manifest'")
    )
    result = subprocess.run(EXPORT.split(), cwd=ROOT, check=True, capture_output=True, timeout=60)
    with tarfile.open(fileobj=io.BytesIO(result.stdout)) as archive:
        models = [name for name in archive.getnames() if name.endswith("model.onnx")]

    assert len(models) == versions > 0


def test_tracking_server_has_no_data_volume(stack: Stack) -> None:
    """The tracking server has no volume except its secrets."""
    [tracking] = stack.inspect("tracking")

    folders = {mount["Destination"] for mount in tracking["Mounts"] if mount["Type"] == "volume"}
    assert {folder.rpartition("/")[0] for folder in folders} == {"/run/secrets"}
