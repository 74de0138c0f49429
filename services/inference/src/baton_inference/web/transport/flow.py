"""Flow control: neither side of a connection gets more than it takes."""

import asyncio


class Flow:
    """The two directions of one connection."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._is_reading = True
        self._writable = asyncio.Event()
        self._writable.set()

    @property
    def is_reading(self) -> bool:
        """Whether the server takes what the client sends."""
        return self._is_reading

    @property
    def is_writable(self) -> bool:
        """Whether the client has read most of what was written."""
        return self._writable.is_set()

    def pause_writing(self) -> None:
        """Notes that the client reads too slowly."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Notes that the client has caught up, or is gone."""
        self._writable.set()

    async def write(self, data: bytes) -> None:
        """Writes, then waits while the client reads too slowly."""
        self._transport.write(data)
        await self._writable.wait()

    def read_if(self, is_wanted: bool) -> None:  # noqa: FBT001 - the only argument
        """Starts or stops reading."""
        if self._is_reading is is_wanted or self._transport.is_closing():
            return
        self._is_reading = is_wanted
        if is_wanted:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()
