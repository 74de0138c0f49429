"""Errors as problems."""

import json

import pytest

from baton_inference import errors
from baton_inference.errors import ClientGone, InferenceError, LoadFailure, Refused
from baton_inference.web.answers.problems import KINDS, internal_problem, problem_of, status_problem

UNANSWERED = {InferenceError, Refused, LoadFailure, ClientGone}


def test_every_error_that_reaches_a_caller_has_a_status() -> None:
    """No error of the tree is forgotten."""
    tree = {
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, InferenceError)
    }
    assert tree - UNANSWERED == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_members(kind: type[InferenceError]) -> None:
    """A problem has RFC 9457's members and the request's id; its type is of its kind alone."""
    answer = problem_of(kind("what it is"), "id-1")
    problem = json.loads(answer.body)
    assert answer.media_type == b"application/problem+json"
    assert problem["status"] == answer.status == KINDS[kind].status
    assert (problem["detail"], problem["request_id"]) == ("what it is", "id-1")
    assert [each.slug for each in KINDS.values()].count(problem["type"].rpartition(":")[2]) == 1
    assert ("errors" in problem) == (kind is errors.InvalidRows)


def test_503_says_when_to_come_back() -> None:
    """Every 503 carries Retry-After."""
    for kind, described in KINDS.items():
        headers = dict(problem_of(kind("x"), "id").headers)
        assert (b"retry-after" in headers) == (described.status == 503)


def test_plain_statuses() -> None:
    """What its status says all about is `about:blank`, titled as HTTP does."""
    problem = json.loads(status_problem(404, "nothing there", "id").body)
    assert (problem["type"], problem["title"]) == ("about:blank", "Not Found")
    assert "id-2" in json.loads(internal_problem("id-2").body)["detail"]
