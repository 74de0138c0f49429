"""Fixtures of the HTTP front."""

from collections.abc import Iterator

import pytest

from tests.support.fakes.asgi_client import PREFERS_DIRECT


@pytest.fixture(params=[False, True], ids=["asgi", "direct"])
def each_way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Runs a test twice: requests are answered by ASGI, and without it where that is possible."""
    token = PREFERS_DIRECT.set(request.param)
    yield
    PREFERS_DIRECT.reset(token)
