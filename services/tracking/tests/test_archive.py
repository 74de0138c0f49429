"""The backup's stream holds every object, and never mixes two stacks."""

import io

import pytest

from baton_tracking.archive import Bucket, BucketNotEmptyError
from tests.support.fakes.s3 import FakeClientError, FakeS3

OBJECTS = {"1/model.onnx": b"\x00" * 20_000, "1/" + "deep/" * 40 + "ä.txt": b"", "2/x": b"y"}


def test_what_is_exported_is_restored() -> None:
    """Every key and every byte survive: long keys, empty objects, letters beyond ASCII."""
    stream, empty = io.BytesIO(), FakeS3({})

    assert Bucket(FakeS3(dict(OBJECTS)), "mlflow").export(stream) == len(OBJECTS)
    assert Bucket(empty, "mlflow").restore(io.BytesIO(stream.getvalue())) == len(OBJECTS)

    assert empty.objects == OBJECTS


def test_a_bucket_in_use_is_not_restored_into() -> None:
    """The objects of two stacks are never mixed."""
    used = FakeS3({"1/other": b""})

    with pytest.raises(BucketNotEmptyError):
        Bucket(used, "mlflow").restore(io.BytesIO())

    assert used.objects == {"1/other": b""}


def test_a_bucket_is_made_once() -> None:
    """A second start finds it."""
    bucket = Bucket(FakeS3(), "mlflow")

    assert [bucket.create(), bucket.create()] == [True, False]


def test_a_store_that_refuses_is_not_taken_for_an_empty_one() -> None:
    """Wrong keys are an error, not a missing bucket."""
    with pytest.raises(FakeClientError, match="403"):
        Bucket(FakeS3(refusal="403"), "mlflow").create()
