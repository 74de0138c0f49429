"""Gzip decompression, piece by piece and with a limit."""

import zlib

from baton_inference.errors import MalformedBody

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
        try:
            while piece and self._left > 0:
                if self._stream.eof:  # RFC 1952, 2.2: one member may follow another
                    self._stream = zlib.decompressobj(_GZIP_WINDOW)
                self._is_started = True
                output += self._stream.decompress(piece, self._left - len(output))
                if len(output) >= self._left:
                    break
                piece = self._stream.unused_data
        except zlib.error as error:
            raise MalformedBody("the body is not gzip, but its content encoding is") from error
        self._left -= len(output)
        return bytes(output)

    def check_complete(self) -> None:
        """Raises `MalformedBody` if the stream ended too early."""
        if self._is_started and not self._stream.eof:
            raise MalformedBody("the gzip stream of the body is incomplete")
