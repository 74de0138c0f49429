"""Real services with gRPC."""

from collections.abc import Iterator

import pytest

from baton_common.api_keys import Scope, generate_key
from tests.support.rig.grpc_caller import GrpcCaller
from tests.support.rig.process import find_free_port
from tests.support.rig.service_process import Service, running

SCORING, _SCORING_KEY = generate_key("scorer", [Scope.SCORING])
OPERATIONS, _OPERATIONS_KEY = generate_key("operator", [Scope.OPERATIONS])
LIMIT = 64 * 1024
"""The maximum size of a message of the closed service."""


@pytest.fixture(scope="session")
def keys() -> dict[str, str]:
    """An API key of each scope."""
    return {"scoring": SCORING, "operations": OPERATIONS}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, GrpcCaller]]:
    """A ready service without API keys, and a client."""
    port, folder = find_free_port(), tmp_path_factory.mktemp("service")
    with running(folder, BATON_GRPC_PORT=str(port), BATON_POLL_INTERVAL_S="3600") as started:
        started.wait_until_ready()
        with GrpcCaller(f"127.0.0.1:{port}") as caller:
            yield started, caller


@pytest.fixture(scope="module")
def closed_service(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Service, GrpcCaller]]:
    """A ready service with API keys and a low limit, and a client."""
    port, folder = find_free_port(), tmp_path_factory.mktemp("closed")
    (folder / "keys").write_text(f"{_SCORING_KEY.line}\n{_OPERATIONS_KEY.line}\n")
    values = {
        "BATON_GRPC_PORT": str(port),
        "BATON_API_KEYS_FILE": str(folder / "keys"),
        "BATON_MAX_BODY_BYTES": str(LIMIT),
        "BATON_MAX_ROWS": "1000",
    }
    with running(folder, **values) as started:
        started.wait_until_ready()
        with GrpcCaller(f"127.0.0.1:{port}") as caller:
            yield started, caller
