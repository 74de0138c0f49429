"""The one ONNX operator that evaluates the trees of all libraries.

The operator compares and adds doubles, because LightGBM and scikit-learn's histograms compare
doubles. A library that rounds its numbers to float32 gets rounded numbers: then both agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from baton_export.emitter import Emitter
from baton_export.graph.opsets import ML
from baton_export.graph.table import Matrix
from baton_export.trees.tree import LEAF, Tree


def emit_sums(
    trees: Sequence[Tree], targets: int, matrix: Matrix, emitter: Emitter, *, precise: bool = False
) -> str:
    """Emits the sums of the leaves that a row reaches, `[rows, targets]`, double.

    Args:
        trees: the trees; a leaf has one value for each target.
        targets: the number of sums.
        matrix: the features.
        emitter: where to.
        precise: to about 1e-11 of the largest sum instead of float32, at the price of a second
            sum.
    """
    attributes, leaves, owners = _list_nodes(trees)
    leaves = leaves.reshape(-1, targets)
    centers = leaves.mean(axis=0)
    leaves = leaves - centers  # the operator returns float32: it keeps more digits around zero
    base = centers * len(trees)
    parts = _split(leaves, len(trees)) if precise else [leaves]
    wide = np.concatenate(parts, axis=1)
    sums = emitter.graph.add_ml(
        "TreeEnsembleRegressor",
        matrix.tensor,
        n_targets=wide.shape[1],
        aggregate_function="SUM",
        post_transform="NONE",
        **attributes,
        **_list_weights("target", wide, owners),
    )
    total = emitter.cast(sums, TensorProto.DOUBLE)
    graph = emitter.graph
    if precise:
        halves = [
            graph.add("Gather", total, graph.add_constant(np.arange(targets) + start), axis=1)
            for start in (0, targets)
        ]
        total = graph.add("Add", *halves)
    return graph.add("Add", total, graph.add_constant(base.reshape(1, -1)))


def emit_single_sums(
    trees: Sequence[Tree], base: Sequence[float], single: str, emitter: Emitter
) -> str:
    """Emits the sums of float32 leaves in float32, `[rows, targets]`, in the order of the trees.

    The base is the first summand, as in XGBoost: each rounding is then the same.

    Args:
        trees: trees with float32 values.
        base: what each sum starts from.
        single: the features, float32.
        emitter: where to.
    """
    start = Tree()
    start.add_leaf(base)
    attributes, leaves, owners = _list_nodes([start, *trees])
    attributes["nodes_values"] = attributes.pop("nodes_values_as_tensor").double_data
    weights = _list_weights("target", leaves, owners)
    weights["target_weights"] = weights.pop("target_weights_as_tensor").double_data
    return emitter.graph.add_ml(
        "TreeEnsembleRegressor",
        single,
        n_targets=len(base),
        aggregate_function="SUM",
        post_transform="NONE",
        **attributes,
        **weights,
    )


def emit_votes(
    trees: Sequence[Tree], classes: int, matrix: Matrix, emitter: Emitter
) -> tuple[str, str]:
    """Emits the place of the class with the greatest sum, and all sums, float32.

    The operator compares the sums as doubles, before it rounds them: a tie is a tie of doubles, as
    in scikit-learn. Of two classes it would compare the second's sum with 0.5, so it gets a third
    that never has a vote.
    """
    attributes, leaves, owners = _list_nodes(trees)
    graph = emitter.graph
    index, votes = graph.add_many(
        "TreeEnsembleClassifier",
        [matrix.tensor],
        ["index", "votes"],
        ML,
        classlabels_int64s=[*range(max(classes, 3))],
        post_transform="NONE",
        **attributes,
        **_list_weights("class", leaves.reshape(-1, classes), owners),
    )
    if classes < len((0, 1, 2)):
        votes = graph.add("Gather", votes, graph.add_constant(np.arange(classes)), axis=1)
    return index, votes


def _list_nodes(trees: Sequence[Tree]) -> tuple[dict[str, Any], Any, Any]:
    """Returns the operator's attributes of nodes, the leaves' values, and where they are."""
    numbers = [np.arange(len(tree.modes)) for tree in trees]
    owners = [np.full(len(tree.modes), place) for place, tree in enumerate(trees)]
    is_leaf = np.concatenate([np.array(tree.modes) == LEAF for tree in trees])
    attributes = {
        "nodes_treeids": _integers(owners),
        "nodes_nodeids": _integers(numbers),
        "nodes_featureids": _integers(tree.features for tree in trees),
        "nodes_modes": [mode for tree in trees for mode in tree.modes],
        "nodes_values_as_tensor": _doubles(np.concatenate([tree.values for tree in trees])),
        "nodes_truenodeids": _integers(tree.yes for tree in trees),
        "nodes_falsenodeids": _integers(tree.no for tree in trees),
        "nodes_missing_value_tracks_true": _integers(tree.missing for tree in trees),
    }
    leaves = np.array([leaf for tree in trees for leaf in tree.leaves if len(leaf)], dtype=float)
    where = np.stack([np.concatenate(owners), np.concatenate(numbers)], axis=1)[is_leaf]
    return attributes, leaves, where


def _list_weights(prefix: str, leaves: Any, where: Any) -> dict[str, Any]:
    targets = leaves.shape[1]
    return {
        f"{prefix}_treeids": np.repeat(where[:, 0], targets).tolist(),
        f"{prefix}_nodeids": np.repeat(where[:, 1], targets).tolist(),
        f"{prefix}_ids": np.tile(np.arange(targets), len(leaves)).tolist(),
        f"{prefix}_weights_as_tensor": _doubles(leaves.reshape(-1)),
    }


def _split(leaves: Any, trees: int) -> list[Any]:
    """Splits values in two: sums of the first are exact in float32, the second is small."""
    greatest = float(np.abs(leaves).max(initial=0.0)) * max(trees, 1)
    grid = 2.0 ** (np.ceil(np.log2(greatest)) - 23) if greatest else 1.0
    coarse = np.round(leaves / grid) * grid
    return [coarse, leaves - coarse]


def _integers(parts: Iterable[Any]) -> list[int]:
    return [int(each) for part in parts for each in part]


def _doubles(values: Any) -> Any:
    values = np.asarray(values, dtype=float)
    return helper.make_tensor("values", TensorProto.DOUBLE, values.shape, values)
