"""How errors become codes and details."""

import pytest
from grpc import StatusCode

from baton_engine.tables.cell_errors import BadCell
from baton_inference.errors import ClientDisconnected, InvalidRows, NotServed
from baton_inference.web.answers.problems import KINDS
from baton_inference.web.grpc.failures import CODES, MAX_CELLS, MAX_DETAILS, build_failure


def test_every_problem_has_a_code() -> None:
    """No error of the service is without one."""
    assert {kind.status for kind in KINDS.values()} <= CODES.keys()
    assert StatusCode.OK not in CODES.values()
    assert StatusCode.UNKNOWN not in CODES.values()


def test_bad_cells_are_named_within_limits() -> None:
    """Metadata have a limited size."""
    cells = tuple(BadCell(row, "tenure", "must be a number") for row in range(50))
    failure = build_failure(InvalidRows("the rows do not fit", cells), "id")
    assert failure.status == 422
    assert failure.details.startswith(
        "the rows do not fit: row 0, tenure: must be a number; row 1,"
    )
    assert failure.details.count("tenure") == MAX_CELLS
    assert failure.details.endswith("and others")
    assert build_failure(InvalidRows("no rows"), "id").details == "no rows"
    long = build_failure(InvalidRows("x", (BadCell(0, "y" * 10_000, "bad"),)), "id")
    assert len(long.details) == MAX_DETAILS
    wide = build_failure(InvalidRows("x", (BadCell(0, "é" * 10_000, "bad"),)), "id")
    assert MAX_DETAILS - 2 < len(wide.details.encode()) <= MAX_DETAILS


@pytest.mark.parametrize(
    ("error", "status", "details"),
    [
        (NotServed("not here"), 404, "not here"),
        (ClientDisconnected(), 499, "without a message"),
        (TimeoutError(), 408, "in time"),
        (ZeroDivisionError("a secret"), 500, "search the service's log for request the-id"),
    ],
)
def test_other_errors(error: BaseException, status: int, details: str) -> None:
    """A bug reveals nothing but the request id."""
    failure = build_failure(error, "the-id")
    assert failure.status == status
    assert details in failure.details
    assert "secret" not in failure.details
