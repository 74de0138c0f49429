"""A bucket, and the stream that a backup is made of: a plain tar archive, one member an object."""

import io
import tarfile
from collections.abc import Iterator
from typing import IO, Any

NO_SUCH_BUCKET = ("404", "NoSuchBucket")


class BucketNotEmptyError(Exception):
    """Objects would be mixed with those of another stack."""


class _Readable:
    """A member of a tar stream, which boto3 must not ask whether it can seek."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        return self._member.read(size)


class Bucket:
    """One bucket of an S3 store, through a boto3 client."""

    def __init__(self, s3: Any, name: str) -> None:
        self._s3 = s3
        self._name = name

    def create(self) -> bool:
        """Make the bucket; false where it was there already."""
        try:
            self._s3.head_bucket(Bucket=self._name)
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in NO_SUCH_BUCKET:
                raise
            self._s3.create_bucket(Bucket=self._name)
            return True
        return False

    def keys(self) -> Iterator[str]:
        """Every key, in S3's order."""
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._name):
            yield from (found["Key"] for found in page.get("Contents", []))

    def export(self, out: IO[bytes]) -> int:
        """Write every object into a tar stream; the number of objects."""
        count = 0
        with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            for key in self.keys():
                found = self._s3.get_object(Bucket=self._name, Key=key)
                member = tarfile.TarInfo(key)
                member.size = found["ContentLength"]
                member.mtime = int(found["LastModified"].timestamp())
                archive.addfile(member, found["Body"])
                count += 1
        return count

    def restore(self, stream: IO[bytes]) -> int:
        """Put every member of a tar stream into the empty bucket; the number of objects.

        Raises:
            BucketNotEmptyError: it holds something.
        """
        if any(True for _ in self.keys()):
            raise BucketNotEmptyError(f"bucket {self._name} is not empty")
        count = 0
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                body = archive.extractfile(member) or io.BytesIO()
                self._s3.upload_fileobj(_Readable(body), self._name, member.name)
                count += 1
        return count
