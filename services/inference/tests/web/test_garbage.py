"""A scored request leaves nothing for the garbage collector, in a real process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rig.garbage import COMMAND, count_garbage
from tests.support.rig.raw_http import RawConnection, build_request
from tests.support.rig.service_process import BODY, HEADERS, Service, running

REQUESTS = 1000
MAX_GARBAGE = 50
V2_BODY = b'{"inputs":[{"name":"x","datatype":"FP64","shape":[1],"data":[1.5]}]}'
FORMS = {
    "/predict": BODY,
    "/invocations": b'{"dataframe_split":{"columns":["x"],"data":[[1.5]]}}',
    "/v2/models/churn_model/infer": V2_BODY,
}


@pytest.fixture(scope="module")
def garbage_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("garbage") / "count"


@pytest.fixture(scope="module")
def service(garbage_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A ready service that collects garbage on request; it does not poll during the tests."""
    with running(
        tmp_path_factory.mktemp("service"),
        command=COMMAND,
        GARBAGE_FILE=str(garbage_file),
        BATON_POLL_INTERVAL_S="3600",
    ) as started:
        started.wait_until_ready()
        yield started


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("is_split", [False, True], ids=["direct", "asgi"])
def test_scored_requests_leave_no_garbage(
    service: Service, garbage_file: Path, path: str, *, is_split: bool
) -> None:
    """After a thousand requests on several connections there are almost no unreachable objects."""
    request = build_request(path + "?" * is_split, FORMS[path], HEADERS)
    count_garbage(service.process, garbage_file)
    for _ in range(4):
        with RawConnection(service.port) as connection:
            for _ in range(REQUESTS // 4):
                connection.send(request)
                assert connection.read().status == 200
    assert count_garbage(service.process, garbage_file) < MAX_GARBAGE
