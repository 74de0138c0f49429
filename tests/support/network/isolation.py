"""A network of its own on this machine: loopback, and a resolver that notes each name.

`python -m tests.support.network.isolation`, started by `unshare --net --mount`, is that resolver;
programs join it with `nsenter`.
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
    """The network, seen from outside."""

    pid: int
    told: Path

    def inside(self, folder: Path, env: Mapping[str, str], *command: str) -> list[str]:
        """A command line that runs a command in there, with this environment and no other."""
        # `nsenter` alone would stay in the working directory of the other mount namespace.
        there = ["nsenter", "-t", str(self.pid), "--net", "--mount", "env", "-i", "-C", str(folder)]
        return [*there, *(f"{name}={value}" for name, value in env.items()), *command]

    def names(self) -> list[str]:
        """Every name that was asked for."""
        return self._lines()[1:]

    def is_ready(self) -> bool:
        return self._lines()[:1] == [resolver.READY]

    def _lines(self) -> list[str]:
        return self.told.read_text(encoding="utf-8").split()


def need_isolation() -> None:
    """Skips the test where no namespace can be made; in CI that is a failure."""
    if os.geteuid() == 0 and all(map(shutil.which, TOOLS)):
        return
    fault = f"network namespaces need root and {', '.join(TOOLS)}"
    if os.environ.get("CI") == "true":
        pytest.fail(fault)
    pytest.skip(fault)


@contextmanager
def isolated(told: Path) -> Iterator[Network]:
    """The network, gone afterwards; the file `told` is what its resolver writes."""
    command = ["unshare", "--net", "--mount", sys.executable, "-m", __name__]
    with told.open("w") as file, subprocess.Popen(command, stdout=file, cwd=ROOT) as process:
        network = Network(process.pid, told)
        try:
            wait_until(network.is_ready, 30, "the resolver is ready")
            yield network
        finally:
            process.terminate()


def _start_loopback() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))


def _become_resolver() -> None:
    """In this mount namespace alone, the system's resolver is this one."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write(f"nameserver {ADDRESS}\n")
        file.flush()
        Path(file.name).chmod(0o644)
        subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)


if __name__ == "__main__":
    _start_loopback()
    _become_resolver()
    resolver.serve(ADDRESS)
