"""Gzip decompression, piece by piece and with a limit."""

import zlib

from baton_inference.errors import MalformedBody

_SLICE_BYTES = 16 * 1024
"""zlib copies the input behind each member, so a long input is given to it in slices."""
_GZIP_WINDOW = 16 + zlib.MAX_WBITS  # zlib's code for: a gzip header, any window size


class Gunzip:
    """Decompresses a gzip stream piece by piece, at most one byte over a limit."""

    def __init__(self, limit: int) -> None:
        self._left = limit + 1
        self._stream = zlib.decompressobj(_GZIP_WINDOW)
        self._is_started = False

    def feed(self, piece: bytes) -> bytes:
        """Decompresses a piece; cuts the output one byte over the limit.

        Raises:
            MalformedBody: not gzip.
        """
        output = bytearray()
        start = 0
        view = memoryview(piece)
        try:
            while start < len(piece) and len(output) < self._left:
                if self._stream.eof:  # RFC 1952, 2.2: one member may follow another
                    self._stream = zlib.decompressobj(_GZIP_WINDOW)
                self._is_started = True
                part = view[start : start + _SLICE_BYTES]
                output += self._stream.decompress(part, self._left - len(output))
                start += len(part) - len(self._stream.unused_data)
        except zlib.error as error:
            raise MalformedBody("the body is not gzip, but its content encoding is") from error
        self._left -= len(output)
        return bytes(output)

    def check_complete(self) -> None:
        """Raises `MalformedBody` if the stream ended too early."""
        if self._is_started and not self._stream.eof:
            raise MalformedBody("the gzip stream of the body is incomplete")
