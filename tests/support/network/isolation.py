"""An isolated network on this machine: loopback, and a resolver that records each name.

`unshare --net --mount` starts the resolver, `python -m tests.support.network.isolation`; programs
join its network with `nsenter`.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.documents.blocks import ROOT
from tests.support.network import resolver
from tests.support.rig.process import wait_until

ADDRESS = "127.0.0.53"
TOOLS = ("unshare", "nsenter", "mount")
_SET_FLAGS, _UP = 0x8914, 1  # SIOCSIFFLAGS, IFF_UP


@dataclass(frozen=True)
class Network:
    """The network.

    Attributes:
        pid: the resolver's process id.
        log: the resolver's output.
    """

    pid: int
    log: Path

    def wrap(self, folder: Path, env: Mapping[str, str], *command: str) -> list[str]:
        """Wraps a command so that it runs in the network with exactly this environment."""
        # `nsenter` alone would stay in the working directory of the other mount namespace.
        enter = ["nsenter", "-t", str(self.pid), "--net", "--mount", "env", "-i", "-C", str(folder)]
        return [*enter, *(f"{name}={value}" for name, value in env.items()), *command]

    def read_names(self) -> list[str]:
        """Reads every resolved name."""
        return self._read_lines()[1:]

    def is_ready(self) -> bool:
        return self._read_lines()[:1] == [resolver.READY]

    def _read_lines(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").split()


def require_isolation() -> None:
    """Skips the test if namespaces are not available; fails in CI."""
    if os.geteuid() == 0 and all(map(shutil.which, TOOLS)):
        return
    problem = f"network namespaces need root and {', '.join(TOOLS)}"
    if os.environ.get("CI") == "true":
        pytest.fail(problem)
    pytest.skip(problem)


@contextmanager
def isolate_network(log: Path) -> Iterator[Network]:
    """Runs the network until the block ends; its resolver writes to `log`."""
    command = ["unshare", "--net", "--mount", sys.executable, "-m", __name__]
    with log.open("w") as file, subprocess.Popen(command, stdout=file, cwd=ROOT) as process:
        network = Network(process.pid, log)
        try:
            wait_until(network.is_ready, 30, "the resolver is ready")
            yield network
        finally:
            process.terminate()


def _start_loopback() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))


def _become_resolver() -> None:
    """Makes this process the resolver of its mount namespace."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write(f"nameserver {ADDRESS}\n")
        file.flush()
        Path(file.name).chmod(0o644)
        subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)


if __name__ == "__main__":
    _start_loopback()
    _become_resolver()
    resolver.serve(ADDRESS)
