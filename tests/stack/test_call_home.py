"""The images, each with its own defaults, in a network that holds a resolver and no host."""

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
    """Containers that share one network, in which only they are."""

    def __init__(self) -> None:
        self._prefix = f"baton-test-{os.getpid()}-home"
        self._names: list[str] = []

    def start(self, name: str, *arguments: str, network: str = "") -> None:
        """Starts one, removed at the end."""
        self._names.append(name)
        network = network or f"container:{self._name('resolver')}"
        docker("run", "-d", "--name", self._name(name), "--network", network, *arguments)

    def run(self, *arguments: str) -> None:
        """Runs one to its good end."""
        docker("run", "--rm", "--network", f"container:{self._name('resolver')}", *arguments)

    def log(self, name: str) -> str:
        return docker("logs", self._name(name))

    def wait(self, name: str, url: str) -> None:
        """Waits until a container answers a GET of the URL with 200, asked from inside."""
        command = ("docker", "exec", self._name(name), "python", "-c", GET, url)

        def is_ok() -> bool:
            return not subprocess.run(command, capture_output=True, check=False).returncode

        wait_until(is_ok, LIMIT_S, url)

    def remove(self) -> None:
        docker("rm", "--force", "--volumes", *map(self._name, reversed(self._names)))

    def _name(self, name: str) -> str:
        return f"{self._prefix}-{name}"


def docker(*arguments: str) -> str:
    done = subprocess.run(
        ["docker", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def environment_of_storage() -> list[str]:
    """What the stack tells the object store, whose image may be another's: options of `docker`."""
    services = json.loads(docker("compose", "config", "--format", "json"))["services"]
    told = services["storage"]["environment"].items()
    options = [f"{name}={value}" for name, value in told if not name.endswith("_FILE")]
    return [part for each in [*options, PASSWORD] for part in ("-e", each)]


@pytest.fixture
def containers(images: None) -> Iterator[Containers]:
    all_of_them = Containers()
    yield all_of_them
    all_of_them.remove()


def test_no_image_calls_home(containers: Containers) -> None:
    """Tracking server, object store, trainer and inference ask for no name from start to answer."""
    containers.start(
        "resolver",
        *("--dns", "127.0.0.1", "-v", f"{RESOLVER}:/resolver.py:ro"),
        *("--entrypoint", "python", "baton-trainer", "/resolver.py", "127.0.0.1"),
        network="none",
    )
    wait_until(lambda: resolver.READY in containers.log("resolver"), LIMIT_S, "the resolver")
    storage = (*environment_of_storage(), "localhost/baton-storage")
    containers.start("storage", *storage, "minio", "server", "/data")
    store = ("--backend-store-uri", "sqlite:////tmp/mlflow.db", "--workers", "1")
    artifacts = ("--serve-artifacts", "--artifacts-destination", "/tmp/artifacts")
    containers.start("tracking", "baton-tracking", "mlflow", "server", *store, *artifacts)
    containers.start("inference", *URI, "baton-inference")
    containers.wait("tracking", "http://127.0.0.1:5000/health")
    containers.run(*URI, "baton-trainer", "bootstrap")
    containers.wait("inference", "http://127.0.0.1:8000/readyz")
    containers.wait("inference", "http://127.0.0.1:9000/minio/health/ready")

    assert containers.log("resolver").split() == [resolver.READY]
