"""Joins the scores of several calls, and takes some rows of them."""

from collections.abc import Sequence

import numpy as np

from baton_engine.engine import Scores


def join_scores(parts: Sequence[Scores]) -> Scores:
    """Joins answers row by row; there is at least one."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def take_rows(scores: Scores, positions: Sequence[int]) -> Scores:
    """Returns the answers to the rows at these positions."""
    return {name: values[list(positions)] for name, values in scores.items()}
