"""What a container may do, see and reach."""

import json

import pytest

from tests.support.stack.containers import Stack, assert_confined

SECRETS = {
    "postgres": {"database"},
    "storage": {"store"},
    "tracking": {"database", "store", "tracking"},
    "inference": {"webhook"},
    "proxy": set[str](),
    "bootstrap": {"webhook"},
}
ALL_SECRETS = (
    "database/password",
    "store/secret_key",
    "webhook/secret",
    "tracking/webhook_encryption_key",
)
SIZE_LIMIT_MB = {"baton-inference": 400, "baton-tracking": 1100, "baton-trainer": 1200}
REACH = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=3)
except OSError as error:
    print("no", error)
else:
    print("yes")
"""


def test_every_container_is_confined(stack: Stack) -> None:
    """No root, no writable root filesystem, no capability, no unlimited memory, pids or logs."""
    containers = stack.inspect()

    assert containers
    for each in containers:
        assert_confined(each)


def test_only_the_proxy_is_published_and_only_here(stack: Stack) -> None:
    """Nothing but the proxy's two ports is published, on 127.0.0.1."""
    for each in stack.inspect():
        bindings = each["HostConfig"]["PortBindings"] or {}
        is_proxy = each["Config"]["Labels"]["com.docker.compose.service"] == "proxy"
        assert set(bindings) == ({"5000/tcp", "8000/tcp"} if is_proxy else set()), each["Name"]
        assert {one["HostIp"] for hosts in bindings.values() for one in hosts} <= {"127.0.0.1"}


def test_each_service_sees_its_own_secrets(stack: Stack) -> None:
    """A secret is mounted where it is read, read-only, and nowhere else."""
    for service, own in SECRETS.items():
        for each in stack.inspect(service):
            below = "/run/secrets/"
            mounts = [m for m in each["Mounts"] if m["Destination"].startswith(below)]
            assert {m["Destination"].removeprefix(below) for m in mounts} == own, service
            assert not any(m["RW"] for m in mounts), service


def test_no_secret_is_told(stack: Stack) -> None:
    """Neither `docker inspect` nor a log holds a secret."""
    told = json.dumps(stack.inspect()) + stack.docker("logs", "--no-color")

    for name in ALL_SECRETS:
        assert stack.secret(name) not in told, name


@pytest.mark.parametrize("target", ["postgres 5432", "storage 9000", "192.0.2.1 80"])
def test_inference_reaches_no_database_no_store_and_no_internet(stack: Stack, target: str) -> None:
    """Inference reaches the tracking server alone."""

    def reach(where: str) -> str:
        return stack.docker("exec", "-T", "inference", "python", "-c", REACH, *where.split())

    assert reach("tracking 5000").startswith("yes")
    assert reach(target).startswith("no")


@pytest.mark.parametrize("image", SIZE_LIMIT_MB)
def test_images_stay_small(stack: Stack, image: str) -> None:
    """No image outgrows what the README promises."""
    size = int(stack.run("docker", "image", "inspect", "-f", "{{.Size}}", image))

    assert size / 1e6 <= SIZE_LIMIT_MB[image]


def test_sigterm_ends_everything_cleanly(stack: Stack) -> None:
    """Stopped as `docker compose stop` does, every service ends by itself with 0."""
    stack.docker("stop")
    codes = {each["Name"]: each["State"]["ExitCode"] for each in stack.inspect()}
    stack.up()

    assert set(codes.values()) == {0}, codes
