"""Reads the model that XGBoost saves as JSON.

The format: https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from baton_export.errors import Unsupported
from baton_export.trees.tree import LT, Tree

EXP = ("count:poisson", "reg:gamma", "reg:tweedie")
"""Objectives with a logarithm as link."""
_SIGMOID = ("binary:logistic", "reg:logistic", "binary:logitraw")


def load_learner(booster: Any) -> Any:
    """Returns what a `Booster` has learned, as JSON."""
    return json.loads(bytes(booster.save_raw("json")))["learner"]


def read_base(learner: Any, targets: int) -> Any:
    """Returns the start of the sums: `base_score` before the link."""
    text = str(learner["learner_model_param"]["base_score"])
    score = np.array(json.loads(text), dtype=np.float32).astype(float).reshape(-1)
    objective = learner["objective"]["name"]
    if objective in _SIGMOID:
        score = -np.log(1.0 / score - 1.0)
    elif objective in EXP:
        score = np.log(score)
    return np.broadcast_to(score, (targets,))


def read_trees(booster: Any, targets: int, iterations: int | None) -> list[Tree]:
    """Reads the trees, up to the best round of early stopping."""
    drops = booster.get("weight_drop")  # of dart
    model = booster["gbtree"]["model"] if "gbtree" in booster else booster["model"]
    trees, owners = model["trees"], model["tree_info"]
    if iterations is not None:
        limits = model.get("iteration_indptr")
        parallel = int(model["gbtree_model_param"].get("num_parallel_tree", 1) or 1)
        end = limits[iterations] if limits else iterations * parallel * targets
        trees, owners = trees[:end], owners[:end]
    weights = drops or [1.0] * len(trees)
    parts = zip(trees, owners, weights)
    return [_read_tree(tree, owner, targets, float(weight)) for tree, owner, weight in parts]


def _read_tree(content: Mapping[str, Any], target: int, targets: int, weight: float) -> Tree:
    if int(content["tree_param"].get("size_leaf_vector", 1) or 1) > 1:
        raise Unsupported("multi_strategy='multi_output_tree'", "use 'one_output_per_tree'")
    sets = _read_sets(content)
    tree = Tree()
    left, right = content["left_children"], content["right_children"]
    values = np.array(content["split_conditions"], dtype=np.float32).astype(float)
    defaults = [bool(each) for each in content["default_left"]]
    firsts: dict[int, int] = {}
    splits: list[tuple[list[int], int, int]] = []
    open_nodes = [0]
    while open_nodes:
        node = open_nodes.pop()
        if left[node] < 0:
            leaf = [0.0] * targets
            leaf[target] = float(values[node]) * weight
            firsts[node] = tree.add_leaf(leaf)
            continue
        feature = int(content["split_indices"][node])
        if node in sets:  # a category of the set goes right
            numbers = tree.add_membership(feature, sets[node], missing=not defaults[node])
            splits.append((numbers, right[node], left[node]))
        else:
            numbers = [tree.add_split(LT, feature, float(values[node]), missing=defaults[node])]
            splits.append((numbers, left[node], right[node]))
        firsts[node] = numbers[0]
        open_nodes += [right[node], left[node]]
    for numbers, yes, no in splits:
        for each in numbers:
            tree.yes[each] = firsts[yes]
        tree.no[numbers[-1]] = firsts[no]
    return tree


def _read_sets(content: Mapping[str, Any]) -> dict[int, list[int]]:
    """Returns the categories of each categorical split, by node."""
    parts = (content.get(f"categories_{name}", []) for name in ("nodes", "segments", "sizes"))
    every = content.get("categories", [])
    return {node: every[start : start + size] for node, start, size in zip(*parts)}


def read_categories(learner: Any) -> list[list[str]]:
    """Returns the texts of each column's categories; they are stored as one run of UTF-8 bytes."""
    content = learner.get("cats") or learner["gradient_booster"].get("model", {}).get("cats") or {}
    return [_decode(each) for each in content.get("enc", [])]


def _decode(column: Mapping[str, Any]) -> list[str]:
    offsets, values = column.get("offsets", []), column.get("values", [])
    content = bytes(each % 256 for each in values) if offsets else b""
    return [content[start:end].decode() for start, end in zip(offsets, offsets[1:])]
