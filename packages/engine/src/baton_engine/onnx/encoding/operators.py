"""What an operator makes of known layouts. None: the result is not known.

Each function follows https://onnx.ai/onnx/operators/ and takes the forms that skl2onnx and
`baton_export` write.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from baton_engine.onnx.encoding.layout import FLOAT32, Cell, Flag, Layout, Number, OneHot, Step
from baton_engine.onnx.encoding.nodes import TYPES, Node
from baton_engine.tables.columns import Array

Operands = Sequence[Layout | None]
Operator = Callable[[Node, Operands], Layout | None]
_SEPARATE_ROWS = -1
_MAX_STEPS = 16
"""Every node of a chain copies the steps of the one before."""


def encode_one_hot(node: Node, text: str) -> Layout | None:
    """`OneHotEncoder` of a column of texts: https://onnx.ai/onnx/operators/onnx_aionnxml_OneHotEncoder.html."""
    if "cats_strings" not in node.attributes or "cats_int64s" in node.attributes:
        return None
    try:
        categories = [each.decode() for each in node.attributes["cats_strings"].strings]
    except UnicodeDecodeError:
        return None
    if len({*categories}) != len(categories):
        return None
    encoder = OneHot(text, (*categories,), is_strict=node.read_integer("zeros", 1) == 0)
    return Layout(tuple(Flag(encoder, each) for each in categories), FLOAT32, is_cube=True)


def fill(node: Node, operand: Layout | None) -> Layout | None:
    """`Where` between a constant and the tensor itself, if the condition is that it is NaN."""
    return _apply("fill", operand, node.read_constant(1))


def concatenate(operands: Sequence[Layout]) -> Layout | None:
    """Joins the cells of layouts of one type and form."""
    first = operands[0]
    if any((each.dtype, each.is_cube) != (first.dtype, first.is_cube) for each in operands):
        return None
    return Layout(
        tuple(cell for each in operands for cell in each.cells), first.dtype, first.is_cube
    )


def joins_columns(node: Node, *, is_cube: bool = False) -> bool:
    """Whether a node is a `Concat` of columns."""
    return node.operator == "Concat" and node.read_integer("axis") in (-1, 2 if is_cube else 1)


def _concat(node: Node, operands: Operands) -> Layout | None:
    known = [each for each in operands if each is not None]
    if not known or len(known) < len(operands):
        return None
    return concatenate(known) if joins_columns(node, is_cube=known[0].is_cube) else None


def _flatten(node: Node, operands: Operands) -> Layout | None:
    (operand,) = operands
    if operand is None or node.read_integer("axis", 1) != 1:
        return None
    return Layout(operand.cells, operand.dtype)


def _reshape(node: Node, operands: Operands) -> Layout | None:
    operand, shape = operands[0], node.read_constant(1)
    if operand is None or shape is None:
        return None
    is_table = shape.tolist() == [_SEPARATE_ROWS, len(operand.cells)]
    return Layout(operand.cells, operand.dtype) if is_table and operand.cells else None


def _cast(node: Node, operands: Operands) -> Layout | None:
    operand, dtype = operands[0], TYPES.get(node.read_integer("to") or 0)
    if operand is None or dtype is None:
        return None
    if dtype == operand.dtype:
        return operand
    if operand.is_cube or _is_long(operand):
        return None
    step = Step(dtype.name)
    cells = tuple(
        each._replace(steps=(*each.steps, step)) if isinstance(each, Number) else each
        for each in operand.cells
    )
    return Layout(cells, dtype)


def _identity(node: Node, operands: Operands) -> Layout | None:
    del node
    return operands[0]


def _gather(node: Node, operands: Operands) -> Layout | None:
    operand, indices = operands[0], node.read_constant(1)
    is_usual = node.read_integer("axis", 0) == 1 and indices is not None and indices.ndim == 1
    if operand is None or indices is None or not is_usual or operand.is_cube:
        return None
    if indices.dtype != np.int64 or not all(0 <= at < len(operand.cells) for at in indices):
        return None
    cells = tuple(operand.cells[at] for at in indices)
    is_complete = _find_strict(cells) == _find_strict(operand.cells)
    return Layout(cells, operand.dtype) if is_complete else None


def _find_strict(cells: Sequence[Cell]) -> set[OneHot]:
    """Finds the encoders that may fail the call: one without a cell would not."""
    flags = (each for each in cells if isinstance(each, Flag))
    return {each.encoder for each in flags if each.encoder.is_strict}


def _calculate(node: Node, operands: Operands) -> Layout | None:
    constant = node.read_constant(1)
    if node.operator == "Div" and constant is not None and not constant.all():
        return None
    return _apply(node.operator, operands[0], constant)


def _impute(node: Node, operands: Operands) -> Layout | None:
    replaced = node.attributes.get("replaced_value_float")
    if replaced is None or not np.isnan(replaced.f) or "imputed_value_int64s" in node.attributes:
        return None
    return _apply_single("fill", operands[0], node.read_floats("imputed_value_floats"))


def _scale(node: Node, operands: Operands) -> Layout | None:
    centred = _apply_single("Sub", operands[0], node.read_floats("offset"))
    return _apply_single("Mul", centred, node.read_floats("scale"))


def _apply_single(operator: str, operand: Layout | None, constants: Array) -> Layout | None:
    """Applies an operator that computes in float32: those of `ai.onnx.ml`."""
    is_single = operand is not None and operand.dtype == FLOAT32
    return _apply(operator, operand, constants) if is_single else None


def _apply(operator: str, operand: Layout | None, constants: Array | None) -> Layout | None:
    """Adds a step to each number. The constants are one for all columns, or one each."""
    if operand is None or constants is None or constants.dtype != operand.dtype:
        return None
    width = len(operand.cells)
    if operand.is_cube or constants.shape not in ((), (1,), (width,), (1, 1), (1, width)):
        return None
    if _is_long(operand) or not all(isinstance(each, Number) for each in operand.cells):
        return None
    values = np.broadcast_to(constants.reshape(-1), (width,)).tolist()
    cells = tuple(
        cell._replace(steps=(*cell.steps, Step(operator, value)))
        for cell, value in zip(operand.cells, values, strict=True)
        if isinstance(cell, Number)
    )
    return Layout(cells, operand.dtype)


def _is_long(layout: Layout) -> bool:
    """Whether its numbers have as many steps as may be."""
    return any(len(each.steps) >= _MAX_STEPS for each in layout.cells if isinstance(each, Number))


OPERATORS: Mapping[str, Operator] = {
    "Add": _calculate,
    "Cast": _cast,
    "Concat": _concat,
    "Div": _calculate,
    "Flatten": _flatten,
    "Gather": _gather,
    "Identity": _identity,
    "Mul": _calculate,
    "Reshape": _reshape,
    "Sub": _calculate,
    "ml:Imputer": _impute,
    "ml:Scaler": _scale,
}
"""The operators by name; `OneHotEncoder` and `Where` take more than layouts."""
