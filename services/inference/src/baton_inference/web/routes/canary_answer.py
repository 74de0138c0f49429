"""Answers the requests that a canary should answer; production steps in if it does not.

The caller of a canary's share never notices a bad canary: whatever goes wrong with any of the rows,
the whole request is answered by production, within the canary's deadline and its own time.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from baton_inference.errors import InferenceError, RequestRejected
from baton_inference.scoring.score_request import ScoreResult
from baton_inference.telemetry.stack import format_stack

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from baton_inference.lifecycle.live_versions import LiveVersion
    from baton_inference.web.answers.answer import Answer
    from baton_inference.web.routes.scoring_call import ScoringCall
    from baton_inference.web.routes.scoring_parts import ScoringParts

T = TypeVar("T")


class Run(Protocol):
    """Runs a job, here or in a thread, and returns its result."""

    def __call__(self, job: Callable[[], T], /) -> Awaitable[T]: ...


async def run_here(job: Callable[[], T]) -> T:
    """Runs the decoding and encoding of a small body on the event loop."""
    return job()


async def answer_by_canary(call: ScoringCall, parts: ScoringParts, body: bytes, run: Run) -> Answer:
    """Answers an admitted request by its canary, or by production in its place.

    The canary was chosen by the head of the request. If it has lost its share while the body
    arrived, production answers. A request that asks for the canary by its number is answered by no
    other version.

    Args:
        call: the request.
        parts: the parts of all scoring routes.
        body: the whole body.
        run: runs what depends on the size of the body; if it uses threads, production scores in
            them, too, and accepts every job.

    Raises:
        InferenceError: production rejects the rows, too; or production failed. By number: the
            canary did.
    """
    production, canary = call.production, call.canary
    if production is None or canary is None:
        raise TypeError("the request has no canary")
    cause: tuple[str, str | None] | None = None
    if not call.alias or parts.live.routes_to(canary):
        try:
            return await _ask_canary(call, parts, body, run, canary, production)
        except Exception as error:
            if not call.alias:
                raise
            cause = _describe_cause(error, with_stack=parts.log.has_room_for_fallback)
    call.alias = parts.alias
    call.use(production)
    request = await run(partial(call.decode, body))
    if cause is not None:
        call.note_fallback(canary, *cause)  # not for rows that production rejects, too
    if run is run_here:
        result = parts.scorer.score(request)
        if not isinstance(result, ScoreResult):
            result = await result
    else:  # in the thread that the request has been promised
        result = await run(partial(parts.scorer.score_alone, request))
    return await run(partial(call.encode, result))


async def _ask_canary(  # noqa: PLR0913, PLR0917 - the steps of one request
    call: ScoringCall,
    parts: ScoringParts,
    body: bytes,
    run: Run,
    canary: LiveVersion,
    production: LiveVersion,
) -> Answer:
    call.use(canary)
    request = await run(partial(call.decode, body))
    deadline_s = production.pace.compute_deadline_s(request.batch.rows)
    result = await parts.pools.canary.score(request, deadline_s)
    answer = await run(partial(call.encode, result))
    if call.alias:
        parts.metrics.count_canary_answer(canary.model.version)
    return answer


def _describe_cause(error: Exception, *, with_stack: bool) -> tuple[str, str | None]:
    """Returns why a canary did not answer, and the origin of its error; without values of rows.

    Formatting the origin costs more than an answer, so only what is logged is formatted.
    """
    if isinstance(error, RequestRejected):  # its message may quote a cell
        return "it rejects the rows", None
    reason = str(error) if isinstance(error, InferenceError) else type(error).__name__
    return reason, format_stack(error.__cause__ or error) if with_stack else None
