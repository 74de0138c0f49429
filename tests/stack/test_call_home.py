"""The images with their defaults, in a network with a resolver and no other host."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.network import resolver
from tests.support.rig.process import wait_until
from tests.support.stack.containers import ROOT

RESOLVER = Path(resolver.__file__)
LIMIT_S = 300.0
URI = ("-e", "MLFLOW_TRACKING_URI=http://127.0.0.1:5000")
PASSWORD = "MINIO_ROOT_PASSWORD=of-no-volume"
GET = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1])"


class Containers:
    """Containers that share an isolated network."""

    def __init__(self) -> None:
        self._prefix = f"baton-test-{os.getpid()}-home"
        self._names: list[str] = []

    def start(self, name: str, *arguments: str, network: str = "") -> None:
        """Starts a container."""
        self._names.append(name)
        network = network or f"container:{self._name('resolver')}"
        docker("run", "-d", "--name", self._name(name), "--network", network, *arguments)

    def run(self, *arguments: str) -> None:
        """Runs a container to a successful exit."""
        docker("run", "--rm", "--network", f"container:{self._name('resolver')}", *arguments)

    def read_log(self, name: str) -> str:
        return docker("logs", self._name(name))

    def wait_until_ok(self, name: str, url: str) -> None:
        """Waits until a container answers its own GET of the URL with 200."""
        command = ("docker", "exec", self._name(name), "python", "-c", GET, url)

        def is_ok() -> bool:
            return not subprocess.run(command, capture_output=True, check=False).returncode

        wait_until(is_ok, LIMIT_S, url)

    def remove(self) -> None:
        docker("rm", "--force", "--volumes", *map(self._name, reversed(self._names)))

    def _name(self, name: str) -> str:
        return f"{self._prefix}-{name}"


def docker(*arguments: str) -> str:
    result = subprocess.run(
        ["docker", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert result.returncode == 0, (arguments, result.stdout, result.stderr)
    return result.stdout


def read_storage_options() -> list[str]:
    """Reads the object store's environment in the stack, as options of `docker`."""
    services = json.loads(docker("compose", "config", "--format", "json"))["services"]
    environment = services["storage"]["environment"].items()
    options = [f"{name}={value}" for name, value in environment if not name.endswith("_FILE")]
    return [part for each in [*options, PASSWORD] for part in ("-e", each)]


@pytest.fixture
def containers(images: None) -> Iterator[Containers]:
    containers = Containers()
    yield containers
    containers.remove()


def test_no_image_calls_home(containers: Containers) -> None:
    """Tracking server, object store, trainer and inference resolve no name."""
    containers.start(
        "resolver",
        *("--dns", "127.0.0.1", "-v", f"{RESOLVER}:/resolver.py:ro"),
        *("--entrypoint", "python", "baton-trainer", "/resolver.py", "127.0.0.1"),
        network="none",
    )
    wait_until(lambda: resolver.READY in containers.read_log("resolver"), LIMIT_S, "the resolver")
    storage = (*read_storage_options(), "localhost/baton-storage")
    containers.start("storage", *storage, "minio", "server", "/data")
    store = ("--backend-store-uri", "sqlite:////tmp/mlflow.db", "--workers", "1")
    artifacts = ("--serve-artifacts", "--artifacts-destination", "/tmp/artifacts")
    containers.start("tracking", "baton-tracking", "mlflow", "server", *store, *artifacts)
    containers.start("inference", *URI, "baton-inference")
    containers.wait_until_ok("tracking", "http://127.0.0.1:5000/health")
    containers.run(*URI, "baton-trainer", "bootstrap")
    containers.wait_until_ok("inference", "http://127.0.0.1:8000/readyz")
    containers.wait_until_ok("inference", "http://127.0.0.1:9000/minio/health/ready")

    assert containers.read_log("resolver").split() == [resolver.READY]
