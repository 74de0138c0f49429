"""Reads a request's body within two limits: its own size, and the memory of all bodies together."""

from functools import partial
from typing import Self

from baton_inference.errors import BodyTooLarge, ClientDisconnected, Overloaded
from baton_inference.protocols.media import MediaHeaders
from baton_inference.scoring.workers import Workers
from baton_inference.web.answers.answer import Message, Receive
from baton_inference.web.gunzip import Gunzip

SMALL_BYTES = 16 * 1024
"""A body of this size is decoded in a few tenths of a millisecond, on the event loop."""
BODIES_IN_MEMORY = 8
"""How many bodies of the maximum size fit into memory at a time."""


class BodyMemory:
    """Bounds the bytes of all bodies in memory, complete or not."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def open_share(self) -> "MemoryShare":
        """Opens an empty share; its context manager releases the bytes."""
        return MemoryShare(self)

    def take(self, count: int) -> None:
        """Reserves bytes. Raises `Overloaded` if not enough are left."""
        if count > self._left:
            raise Overloaded("the request bodies in memory reached their limit; retry later")
        self._left -= count

    def release(self, count: int) -> None:
        """Undoes `take`."""
        self._left += count


class MemoryShare:
    """The part of the body memory that one request holds."""

    __slots__ = ("_memory", "_taken")

    def __init__(self, memory: BodyMemory) -> None:
        self._memory = memory
        self._taken = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._memory.release(self._taken)

    def take(self, count: int) -> None:
        """Reserves more bytes. Raises `Overloaded` if not enough are left."""
        self._memory.take(count)
        self._taken += count


class BodyReader:
    """Reads and decodes bodies up to a limit.

    Attributes:
        max_bytes: the limit.
    """

    def __init__(self, max_bytes: int, workers: Workers) -> None:
        self.max_bytes = max_bytes
        self._max_small_bytes = min(SMALL_BYTES, max_bytes)
        self._workers = workers
        self._memory = BodyMemory(BODIES_IN_MEMORY * max_bytes)

    def open_share(self) -> MemoryShare:
        """Opens the share for one body; keep its context open while you need the body."""
        return self._memory.open_share()

    def check_length(self, media: MediaHeaders) -> None:
        """Raises `BodyTooLarge` by Content-Length, before anything is read."""
        if media.length is not None:
            self.check_size(media.length)

    def check_size(self, count: int) -> None:
        """Raises `BodyTooLarge` if that many bytes, sent or decoded, are over the limit."""
        if count > self.max_bytes:
            raise BodyTooLarge(f"the body exceeds the limit of {self.max_bytes} bytes")

    def get_small_body(self, first: Message, media: MediaHeaders) -> bytes | None:
        """Returns the body if the first message holds all of it and it is small, else None.

        Such a body takes no share: it is freed after a turn or two of the event loop. A columnar
        body is never small: another process reads it, and the event loop must not wait for that.
        """
        body: bytes = first.get("body", b"")
        is_whole = first["type"] == "http.request" and not first.get("more_body", False)
        return body if is_whole and self.is_small(len(body), media) else None

    def is_small(self, length: int, media: MediaHeaders) -> bool:
        """Whether a whole body of that many bytes is quick enough for the event loop."""
        return (
            length <= self._max_small_bytes
            and media.coding == b"identity"
            and not media.is_columnar
        )

    async def read(self, receive: Receive, media: MediaHeaders, share: MemoryShare) -> bytes:
        """Returns the decoded body. Raises `BodyTooLarge` by Content-Length, and as `read_rest`."""
        self.check_length(media)
        return await self.read_rest(await receive(), receive, media, share)

    async def read_rest(
        self, first: Message, receive: Receive, media: MediaHeaders, share: MemoryShare
    ) -> bytes:
        """Returns the decoded body that begins with the message `first`.

        Raises:
            BodyTooLarge: at the first byte over the limit.
            MalformedBody: the header says gzip, but the body is not.
            Overloaded: too many bytes are in memory, or too much work is queued.
            ClientDisconnected: the client disconnected.
        """
        gunzip = Gunzip(self.max_bytes) if media.coding == b"gzip" else None
        pieces: list[bytes] = []
        size = sent = 0
        message, more = first, True
        while more:
            if message["type"] == "http.disconnect":
                raise ClientDisconnected
            piece: bytes = message.get("body", b"")
            more = message.get("more_body", False)
            sent += len(piece)  # a gzip stream of any length may hold nothing
            self.check_size(sent)
            if gunzip is not None and piece:
                piece = await self._workers.run(partial(gunzip.feed, piece))
            size += len(piece)
            self.check_size(size)
            share.take(len(piece))
            pieces.append(piece)
            if more:
                message = await receive()
        if gunzip is not None:
            gunzip.check_complete()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
