"""Reads a request's body within limits: of its own size, and of all bodies together."""

from functools import partial
from typing import Self

from baton_inference.errors import BodyTooLarge, ClientGone, Overloaded
from baton_inference.protocols.media import MediaHeaders
from baton_inference.scoring.workers import Workers
from baton_inference.web.answers.answer import Message, Receive
from baton_inference.web.gunzip import Gunzip

SMALL_BYTES = 16 * 1024
"""So much is decoded within a few tenths of a millisecond, on the event loop."""
BODIES_IN_MEMORY = 8
"""So many bodies of the greatest size may be held at a time."""


class BodyMemory:
    """Bounds the bytes of all bodies that are held at a time, read or being read."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def share(self) -> "Share":
        """An empty share; use it as a context, which gives everything back."""
        return Share(self)

    def take(self, count: int) -> None:
        """Raises `Overloaded` where there is not enough left."""
        if count > self._left:
            raise Overloaded("too many bytes of requests are being held; retry later")
        self._left -= count

    def give_back(self, count: int) -> None:
        """Undoes `take`."""
        self._left += count


class Share:
    """What one request holds of the memory for bodies."""

    __slots__ = ("_memory", "_taken")

    def __init__(self, memory: BodyMemory) -> None:
        self._memory = memory
        self._taken = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._memory.give_back(self._taken)

    def take(self, count: int) -> None:
        """Takes so many bytes more, or raises `Overloaded`."""
        self._memory.take(count)
        self._taken += count


class BodyReader:
    """Reads bodies, decoded, up to a limit."""

    def __init__(self, max_bytes: int, workers: Workers) -> None:
        self._max_bytes = max_bytes
        self._workers = workers
        self._memory = BodyMemory(BODIES_IN_MEMORY * max_bytes)

    def share(self) -> Share:
        """What a body is held under; use it as a context for as long as the body is needed."""
        return self._memory.share()

    def check_length(self, media: MediaHeaders) -> None:
        """Raises `BodyTooLarge` by Content-Length, before anything is read."""
        if media.length is not None and media.length > self._max_bytes:
            raise self._too_large()

    def small(self, first: Message, media: MediaHeaders) -> bytes | None:
        """The body, where the first message holds all of it and it is too small to be accounted.

        What it returns is gone within the event loop's turn or two: that is no memory held. What is
        columnar never is: another process reads it, and the event loop must not wait for it.
        """
        body: bytes = first.get("body", b"")
        is_whole = first["type"] == "http.request" and not first.get("more_body", False)
        is_small = len(body) <= min(SMALL_BYTES, self._max_bytes)
        is_quick = media.coding == b"identity" and not media.is_columnar
        return body if is_whole and is_small and is_quick else None

    async def read(self, receive: Receive, media: MediaHeaders, share: Share) -> bytes:
        """The decoded body. Raises `BodyTooLarge` by Content-Length, and as `rest` does."""
        self.check_length(media)
        return await self.rest(await receive(), receive, media, share)

    async def rest(
        self, first: Message, receive: Receive, media: MediaHeaders, share: Share
    ) -> bytes:
        """The decoded body, whose first message was received.

        Raises:
            BodyTooLarge: at the first byte over the limit.
            MalformedBody: not the gzip that it claims to be.
            Overloaded: too many bytes are held, or too much work is queued.
            ClientGone: the client went away.
        """
        gunzip = Gunzip(self._max_bytes) if media.coding == b"gzip" else None
        pieces: list[bytes] = []
        size = 0
        message, more = first, True
        while more:
            if message["type"] == "http.disconnect":
                raise ClientGone
            piece: bytes = message.get("body", b"")
            more = message.get("more_body", False)
            if gunzip is not None and piece:
                piece = await self._workers.run(partial(gunzip.feed, piece))
            size += len(piece)
            if size > self._max_bytes:
                raise self._too_large()
            share.take(len(piece))
            pieces.append(piece)
            if more:
                message = await receive()
        if gunzip is not None:
            gunzip.check_whole()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _too_large(self) -> BodyTooLarge:
        return BodyTooLarge(f"the body is over the limit of {self._max_bytes} bytes")
