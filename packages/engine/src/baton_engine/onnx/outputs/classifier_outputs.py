"""The label and probability outputs of an ONNX classifier."""

from collections.abc import Sequence
from dataclasses import dataclass

from baton_engine.engine import EngineError
from baton_engine.onnx.outputs.graph_outputs import GraphOutput, describe_outputs
from baton_engine.tables.columns import MATRIX_NDIM

_FLOAT32 = "tensor(float)"
_SHORT_LABELS = "tensor(int32)"


@dataclass(frozen=True)
class ClassifierOutputs:
    """The outputs of a classifier.

    Attributes:
        label: the name of the label output.
        probabilities: the name of the probability output.
        others: other outputs that may name classes, such as skl2onnx's `output_class_labels`.
        has_text_labels: labels are texts, not integers.
        is_zipmap: the probabilities are one mapping per row, not a table.
        is_float_table: the probabilities are a float32 table.
        width: the number of probabilities per row, if the model declares it.
    """

    label: str
    probabilities: str
    others: tuple[str, ...]
    has_text_labels: bool
    is_zipmap: bool
    is_float_table: bool
    width: int | None


def find_classifier_outputs(outputs: Sequence[GraphOutput]) -> ClassifierOutputs:
    """Finds the label and probability outputs by their types.

    Raises:
        EngineError: an output is missing.
    """
    labels = [each for each in outputs if each.is_text or each.is_integer]
    labels = [each for each in labels if each.type != _SHORT_LABELS] or labels
    tables = [each for each in outputs if each.is_float]
    maps = [each for each in outputs if each.is_map]
    if not labels or not (maps or tables):
        raise EngineError(
            f"the ONNX model answers {describe_outputs(outputs)}; a classifier answers labels and"
            " probabilities"
        )
    table = maps[-1] if maps else tables[0]
    is_table = not maps and len(table.shape) == MATRIX_NDIM
    return ClassifierOutputs(
        label=labels[0].name,
        probabilities=table.name,
        others=tuple(each.name for each in labels[1:]),
        has_text_labels=labels[0].is_text,
        is_zipmap=bool(maps),
        is_float_table=is_table and table.type == _FLOAT32,
        width=table.width if is_table else None,
    )
