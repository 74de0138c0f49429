"""The outputs of the other version, for the rows that it has scored by now."""

from collections.abc import Sequence

from arro3.core import Array as ArrowArray
from arro3.core import DataType, Field

from baton_common.prediction_log import OTHER, OTHER_VERSION
from baton_engine.tables.output_columns import build_output_columns, list_output_fields
from baton_inference.predictions.logged_request import LoggedRequest
from baton_inference.scoring.observer import OtherAnswer
from baton_inference.scoring.scores import join_scores
from baton_registry.versions.output_schema import OutputSchema


def list_other_fields(outputs: OutputSchema) -> list[Field]:
    """Lists the columns of the other version, which has the same outputs."""
    fields = list_output_fields(outputs)
    return [
        Field(OTHER_VERSION, DataType.string()),
        *(Field(OTHER + each.name, each.type) for each in fields),
    ]


def build_other_columns(
    requests: Sequence[LoggedRequest], outputs: OutputSchema
) -> list[ArrowArray]:
    """Builds the columns of `list_other_fields`; null in rows without a pair."""
    answers: list[OtherAnswer] = []
    versions: list[str | None] = []
    positions: list[int | None] = []
    for request in requests:
        other = request.other  # read once: another thread sets it
        if other is None:
            positions += [None] * request.batch.rows
            versions += [None] * request.batch.rows
            continue
        for number in request.numbers:
            if other.row == number and _has_outputs(other, outputs):
                positions.append(len(answers))
                versions.append(other.version.model.version)
                answers.append(other)
            else:
                positions.append(None)
                versions.append(None)
    columns = [ArrowArray(versions, DataType.string())]
    if not answers:
        nulls = [None] * len(positions)
        return [*columns, *(ArrowArray(nulls, each.type) for each in list_output_fields(outputs))]
    scores = join_scores([answer.scores for answer in answers])
    indices = ArrowArray(positions, DataType.int32())
    return [*columns, *(each.take(indices) for each in build_output_columns(scores, outputs))]


def _has_outputs(answer: OtherAnswer, outputs: OutputSchema) -> bool:
    return answer.version.engine.output_schema == outputs
