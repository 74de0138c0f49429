"""Errors as problems."""

import json

import pytest

from baton_inference import errors
from baton_inference.errors import ClientDisconnected, InferenceError, LoadFailure, RequestRejected
from baton_inference.web.answers.problems import (
    KINDS,
    build_internal_problem,
    build_problem,
    build_status_problem,
)

UNANSWERED = {InferenceError, RequestRejected, LoadFailure, ClientDisconnected}


def test_every_error_for_a_caller_has_a_status() -> None:
    """All other errors of the tree are listed as unanswered."""
    tree = {
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, InferenceError)
    }
    assert tree - UNANSWERED == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_members(kind: type[InferenceError]) -> None:
    """A problem has RFC 9457's members, the request id, and a type of its own."""
    answer = build_problem(kind("the reason"), "id-1")
    problem = json.loads(answer.body)
    assert answer.media_type == b"application/problem+json"
    assert problem["status"] == answer.status == KINDS[kind].status
    assert (problem["detail"], problem["request_id"]) == ("the reason", "id-1")
    assert [each.slug for each in KINDS.values()].count(problem["type"].rpartition(":")[2]) == 1
    assert ("errors" in problem) == (kind is errors.InvalidRows)


def test_503_says_when_to_retry() -> None:
    """Every 503 carries Retry-After."""
    for kind, described in KINDS.items():
        headers = dict(build_problem(kind("x"), "id").headers)
        assert (b"retry-after" in headers) == (described.status == 503)


def test_plain_statuses() -> None:
    """A problem without its own type is `about:blank`, with HTTP's title."""
    problem = json.loads(build_status_problem(404, "nothing there", "id").body)
    assert (problem["type"], problem["title"]) == ("about:blank", "Not Found")
    assert "id-2" in json.loads(build_internal_problem("id-2").body)["detail"]
