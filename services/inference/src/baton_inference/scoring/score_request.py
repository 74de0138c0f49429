"""What the scorer takes and returns."""

from typing import NamedTuple

from baton_engine.engine import Scores
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.scoring.batch import Batch


class ScoreRequest(NamedTuple):
    """Rows to score.

    Attributes:
        version: scores all rows; chosen once for each request.
        batch: the rows.
    """

    version: LiveVersion
    batch: Batch


class ScoreResult(NamedTuple):
    """The scores of a request.

    Attributes:
        version: the version that scored the rows.
        scores: row by row, in the order of the request.
    """

    version: LiveVersion
    scores: Scores
