"""Export and import of a bucket."""

import io

import pytest

from baton_tracking.archive import Bucket, BucketNotEmptyError
from tests.support.fakes.s3 import FakeClientError, FakeS3

OBJECTS = {"1/model.onnx": b"\x00" * 20_000, "1/" + "deep/" * 40 + "ä.txt": b"", "2/x": b"y"}


def test_export_and_restore_round_trip() -> None:
    """With long keys, empty objects and non-ASCII names."""
    stream, empty = io.BytesIO(), FakeS3({})

    assert Bucket(FakeS3(dict(OBJECTS)), "mlflow").export(stream) == len(OBJECTS)
    assert Bucket(empty, "mlflow").restore(io.BytesIO(stream.getvalue())) == len(OBJECTS)

    assert empty.objects == OBJECTS


def test_bucket_with_objects_is_not_restored_into() -> None:
    used = FakeS3({"1/other": b""})

    with pytest.raises(BucketNotEmptyError):
        Bucket(used, "mlflow").restore(io.BytesIO())

    assert used.objects == {"1/other": b""}


def test_bucket_is_created_once() -> None:
    bucket = Bucket(FakeS3(), "mlflow")

    assert [bucket.create(), bucket.create()] == [True, False]


def test_refused_access_is_an_error() -> None:
    """It does not count as a missing bucket."""
    with pytest.raises(FakeClientError, match="403"):
        Bucket(FakeS3(refusal="403"), "mlflow").create()
