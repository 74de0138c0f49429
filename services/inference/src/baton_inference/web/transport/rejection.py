"""The answer to bytes that are not a good request."""

from baton_inference.web.answers.problems import build_status_problem
from baton_inference.web.request_ids import RequestIds
from baton_inference.web.transport.exchange import Exchange
from baton_inference.web.transport.head import encode_head


def build_rejection(status: int, detail: str, date: bytes) -> Exchange:
    """Builds an exchange with its answer, a problem that closes the connection."""
    request_id = RequestIds().create()
    problem = build_status_problem(status, detail, request_id)
    head = encode_head(status, problem.build_headers(request_id), date, closes=True)
    rejection = Exchange()
    rejection.keeps_alive = False
    rejection.output = head + problem.body
    return rejection
