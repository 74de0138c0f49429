"""Cuts the encoding out of a graph: encoded tensors become its inputs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from baton_engine.engine import EngineError
from baton_engine.onnx.encoding.layout import FLOAT32, Layout
from baton_engine.onnx.encoding.nodes import DOUBLE, FLOAT, Constants, read_node
from baton_engine.onnx.encoding.operators import concatenate, joins_columns

_NEW = "baton_encoded"
_INTEGER = 2  # of the types of an attribute


@dataclass(frozen=True)
class Cut:
    """What a graph takes after its encoding is cut out.

    Attributes:
        matrices: the layouts of the new inputs, by name.
        parts: the tensors whose join is a new input, by name; itself if it is a tensor of the
            graph.
        kept: the inputs that remain.
    """

    matrices: dict[str, Layout] = field(default_factory=dict)
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)


def check_form(model: Any) -> None:
    """Checks that a model is one plain graph, in which a name means one tensor.

    Raises:
        EngineError: it has functions, subgraphs, sparse constants, or names that are not unique.
    """
    graph = model.graph
    attributes = (each for node in graph.node for each in node.attribute)
    has_subgraphs = any(each.graphs or each.HasField("g") for each in attributes)
    if model.functions or graph.sparse_initializer or has_subgraphs:
        raise EngineError("the graph has functions, subgraphs or sparse constants")
    names = [each.name for each in (*graph.input, *graph.initializer)]
    names += [name for node in graph.node for name in node.output if name]
    if len({*names}) != len(names) or any(name.startswith(_NEW) for name in names):
        raise EngineError("the graph uses a name for two tensors")


def cut_encoding(model: Any, layouts: Mapping[str, Layout]) -> Cut:
    """Cuts the encoding out of a model, and changes the model.

    Neighbouring parts of a `Concat` that are encoded become one input.

    Args:
        model: the parsed model.
        layouts: its encoded tensors (`trace_layouts`).

    Raises:
        EngineError: an output of the graph is an encoded tensor.
    """
    graph = model.graph
    inputs = {each.name for each in graph.input}
    if any(each.name in layouts or each.name in inputs for each in graph.output):
        raise EngineError("the graph returns a column")
    producers = {name: node for node in graph.node for name in node.output}
    constants, cut = Constants(graph), Cut()
    todo, seen = [each.name for each in graph.output], set()
    while todo:
        name = todo.pop()
        if name in seen or name in cut.matrices:
            continue
        seen.add(name)
        if name in inputs:
            cut.kept.add(name)
        elif _is_table(layouts.get(name)):
            cut.matrices[name], cut.parts[name] = layouts[name], (name,)
        elif name in producers:
            node = producers[name]
            if (usual := read_node(node, constants)) and joins_columns(usual):
                node.input[:] = [*_join_parts(node.input, layouts, cut)]
            todo += node.input
    _keep(graph, seen - cut.matrices.keys())
    _declare(graph.input, cut.matrices)
    return cut


def keep_encoding(model: Any, cut: Cut) -> None:
    """Removes from a model what `cut_encoding` left: its outputs are the encoded matrices."""
    graph = model.graph
    producers = {name: node for node in graph.node for name in node.output}
    todo, seen = [part for parts in cut.parts.values() for part in parts], set()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += producers[name].input if name in producers else ()
    _keep(graph, seen)
    del graph.output[:]
    _declare(graph.output, cut.matrices)
    for name, parts in cut.parts.items():
        if parts != (name,):
            node = graph.node.add(op_type="Concat", input=parts, output=[name])
            node.attribute.add(name="axis", i=1, type=_INTEGER)


def _is_table(layout: Layout | None) -> bool:
    return layout is not None and bool(layout.cells) and not layout.is_cube


def _join_parts(names: Sequence[str], layouts: Mapping[str, Layout], cut: Cut) -> Iterator[str]:
    """Yields the inputs of a `Concat`, with a new one for each run of encoded ones."""

    def get_type(name: str) -> str:
        return layouts[name].dtype.name if _is_table(layouts.get(name)) else ""

    for dtype, group in groupby([*names], get_type):
        parts = (*group,)
        if not dtype or len(parts) == 1:
            yield from parts
            continue
        joined = concatenate([layouts[part] for part in parts])
        if joined is not None:
            name = f"{_NEW}_{len(cut.matrices)}"
            cut.matrices[name], cut.parts[name] = joined, parts
            yield name


def _keep(graph: Any, names: set[str]) -> None:
    """Keeps the nodes whose outputs are named, and the inputs and constants that are named."""
    nodes = [node for node in graph.node if not names.isdisjoint(node.output)]
    for field_name, kept in (
        ("node", nodes),
        ("input", [each for each in graph.input if each.name in names]),
        ("initializer", [each for each in graph.initializer if each.name in names]),
        ("value_info", ()),
    ):
        repeated = getattr(graph, field_name)
        del repeated[:]
        repeated.extend(kept)


def _declare(infos: Any, matrices: Mapping[str, Layout]) -> None:
    for name, layout in matrices.items():
        tensor = infos.add(name=name).type.tensor_type
        tensor.elem_type = FLOAT if layout.dtype == FLOAT32 else DOUBLE
        tensor.shape.dim.add()  # any number of rows
        tensor.shape.dim.add(dim_value=len(layout.cells))
