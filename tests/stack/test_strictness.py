"""Permissions, secrets and networks of the containers."""

import json

import pytest

from tests.support.stack.containers import Stack, assert_confined

SECRETS = {
    "postgres": {"database"},
    "storage": {"store"},
    "tracking": {"database", "store", "tracking"},
    "inference": {"webhook", "predictions"},
    "proxy": set[str](),
    "bootstrap": {"webhook", "predictions"},
    "controller": set[str](),
}
ALL_SECRETS = (
    "database/password",
    "store/secret_key",
    "webhook/secret",
    "tracking/webhook_encryption_key",
    "predictions/key",
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
    """No container has root, a writable root filesystem, capabilities or unlimited resources."""
    containers = stack.inspect()

    assert containers
    for each in containers:
        assert_confined(each)


def test_only_the_proxy_is_published(stack: Stack) -> None:
    """Only the proxy's two ports are published, on 127.0.0.1."""
    for each in stack.inspect():
        bindings = each["HostConfig"]["PortBindings"] or {}
        is_proxy = each["Config"]["Labels"]["com.docker.compose.service"] == "proxy"
        assert set(bindings) == ({"5000/tcp", "8000/tcp"} if is_proxy else set()), each["Name"]
        assert {one["HostIp"] for hosts in bindings.values() for one in hosts} <= {"127.0.0.1"}


def test_each_service_has_only_its_secrets(stack: Stack) -> None:
    """Secrets are mounted read-only, only in the services that use them."""
    for service, own in SECRETS.items():
        for each in stack.inspect(service):
            below = "/run/secrets/"
            mounts = [m for m in each["Mounts"] if m["Destination"].startswith(below)]
            assert {m["Destination"].removeprefix(below) for m in mounts} == own, service
            assert not any(m["RW"] for m in mounts), service


def test_only_inference_and_the_trainer_write_the_prediction_log(stack: Stack) -> None:
    """The controller reads labels from it."""
    for service, may_write in {"inference": True, "bootstrap": True, "controller": False}.items():
        for each in stack.inspect(service):
            folder = "/var/lib/baton/predictions"
            [mount] = [m for m in each["Mounts"] if m["Destination"] == folder]
            assert mount["RW"] is may_write, service


def test_no_secret_is_printed(stack: Stack) -> None:
    """`docker inspect` and logs have no secret."""
    output = json.dumps(stack.inspect()) + stack.docker("logs", "--no-color")

    for name, secret in zip(ALL_SECRETS, stack.read_secrets(*ALL_SECRETS), strict=True):
        assert secret not in output, name


@pytest.mark.parametrize("target", ["postgres 5432", "storage 9000", "192.0.2.1 80"])
def test_inference_reaches_no_database_no_store_and_no_internet(stack: Stack, target: str) -> None:
    """Inference reaches only the tracking server."""

    def connect(where: str) -> str:
        return stack.docker("exec", "-T", "inference", "python", "-c", REACH, *where.split())

    assert connect("tracking 5000").startswith("yes")
    assert connect(target).startswith("no")


@pytest.mark.parametrize("image", SIZE_LIMIT_MB)
def test_images_stay_small(stack: Stack, image: str) -> None:
    """Images stay below the limits in the README."""
    size = int(stack.run("docker", "image", "inspect", "-f", "{{.Size}}", image))

    assert size / 1e6 <= SIZE_LIMIT_MB[image]


def test_sigterm_stops_services_cleanly(stack: Stack) -> None:
    """After `docker compose stop` every service has exited with 0."""
    stack.docker("stop")
    codes = {each["Name"]: each["State"]["ExitCode"] for each in stack.inspect()}
    stack.up()

    assert set(codes.values()) == {0}, codes
