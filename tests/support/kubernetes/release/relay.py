"""Connects a port of this machine with an address in a network namespace.

As a program, with the arguments DESCRIPTOR HOST PORT, it runs inside the namespace. The descriptor
is a socket that listens outside of it: a socket stays in the namespace that made it.
"""

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator

from tests.support.kubernetes.commands import ROOT, enter

_CHUNK = 1 << 16


@contextlib.contextmanager
def relay(namespace: str, host: str, port: int) -> Iterator[int]:
    """Runs a relay to an address in a network namespace; yields the port on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        descriptor = listening.fileno()
        arguments = [sys.executable, "-m", __name__, str(descriptor), host, str(port)]
        command = enter(namespace, *arguments)
        with subprocess.Popen(command, pass_fds=[descriptor], cwd=ROOT) as process:
            try:
                yield int(listening.getsockname()[1])
            finally:
                process.kill()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    writer.close()


async def _serve(descriptor: int, host: str, port: int) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(host, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))

    server = await asyncio.start_server(answer, sock=socket.socket(fileno=descriptor))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
