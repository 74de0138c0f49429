"""Exports and imports a bucket as a tar stream with one member per object."""

import io
import tarfile
from collections.abc import Iterator
from typing import IO, Any

NO_SUCH_BUCKET = ("404", "NoSuchBucket")


class BucketNotEmptyError(Exception):
    """The bucket already has objects."""


class _Readable:
    """A member of a tar stream without `seek`, which boto3 would try to use."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member

    def read(self, size: int = -1) -> bytes:
        """Reads the next bytes."""
        return self._member.read(size)


class Bucket:
    """A bucket of an S3 store, through a boto3 client."""

    def __init__(self, s3: Any, name: str) -> None:
        self._s3 = s3
        self._name = name

    def create(self) -> bool:
        """Creates the bucket; returns False if it exists."""
        try:
            self._s3.head_bucket(Bucket=self._name)
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in NO_SUCH_BUCKET:
                raise
            self._s3.create_bucket(Bucket=self._name)
            return True
        return False

    def list_keys(self) -> Iterator[str]:
        """Yields every key, in S3's order."""
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._name):
            yield from (entry["Key"] for entry in page.get("Contents", []))

    def export(self, out: IO[bytes]) -> int:
        """Writes every object to a tar stream; returns the number of objects."""
        count = 0
        with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            for key in self.list_keys():
                s3_object = self._s3.get_object(Bucket=self._name, Key=key)
                member = tarfile.TarInfo(key)
                member.size = s3_object["ContentLength"]
                member.mtime = int(s3_object["LastModified"].timestamp())
                archive.addfile(member, s3_object["Body"])
                count += 1
        return count

    def restore(self, stream: IO[bytes]) -> int:
        """Uploads every member of a tar stream to the empty bucket; returns their number.

        Raises:
            BucketNotEmptyError: the bucket has objects.
        """
        if any(True for _ in self.list_keys()):
            raise BucketNotEmptyError(
                f"bucket {self._name} is not empty; restore into an empty stack (scripts/down -v)"
            )
        count = 0
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                body = archive.extractfile(member) or io.BytesIO()
                self._s3.upload_fileobj(_Readable(body), self._name, member.name)
                count += 1
        return count
