"""An in-memory object store with the boto3 methods that a bucket uses."""

import datetime as dt
import io
from collections.abc import Iterator
from types import SimpleNamespace
from typing import IO, Any


class FakeClientError(Exception):
    """boto3's error, with the store's code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"Error": {"Code": code}}


class FakeS3:
    """One bucket. `refusal` is the store's error code for it."""

    exceptions = SimpleNamespace(ClientError=FakeClientError)

    def __init__(
        self, objects: dict[str, bytes] | None = None, refusal: str | None = "404"
    ) -> None:
        self.objects = objects
        self.refusal = refusal

    def head_bucket(self, **_: str) -> None:
        if self.objects is None:
            raise FakeClientError(self.refusal or "404")

    def create_bucket(self, **_: str) -> None:
        self.objects = {}

    def get_paginator(self, _: str) -> Any:
        return SimpleNamespace(paginate=self._pages)

    def _pages(self, **_: str) -> Iterator[dict[str, Any]]:
        """Yields one object per page and an empty last page, as S3 may answer."""
        yield from ({"Contents": [{"Key": key}]} for key in sorted(self.objects or {}))
        yield {}

    def get_object(self, *, Key: str, **_: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        body = (self.objects or {})[Key]
        modified = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
        return {"Body": io.BytesIO(body), "ContentLength": len(body), "LastModified": modified}

    def upload_fileobj(self, body: IO[bytes], _: str, key: str) -> None:
        assert self.objects is not None
        self.objects[key] = body.read()
