"""Checks that a model's answer to a row does not depend on the rows beside it."""

import numpy as np

from baton_common.texts import get_first_line
from baton_engine.engine import Engine, EngineError, Scores
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows
from baton_registry.versions.output_schema import LABEL, PROBABILITIES

_TOLERANCE = 1e-3
"""Relative to the greatest value of an output.

Sums of float32 in another order are off by 1e-6: BLAS has other kernels for other numbers of rows.
"""
_MAX_OTHER = 1
"""A row may be on a threshold, where rounding decides: a tie of neighbours, a split of a tree."""


def check_independence(engine: Engine, rows: Rows, together: Scores) -> None:
    """Compares the answers to rows scored together with those to each row alone.

    Requests are scored together and each takes its part, so a model that mixes rows would answer
    wrongly without an error.

    Args:
        engine: the engine.
        rows: rows of the schema.
        together: its answer to all of them.

    Raises:
        EngineError: the model fails on a row alone, or answers two rows or more differently.
    """
    try:
        lone = [engine.score_rows([row]) for row in rows]
    except EngineError:
        raise
    except Exception as error:  # ONNX Runtime's errors have no common base
        raise EngineError(
            f"the model answers {len(rows)} rows together, but fails on one of them alone:"
            f" {get_first_line(error)}"
        ) from error
    others = [at for at, each in enumerate(lone) if not _is_same(together, at, each)]
    if len(others) > _MAX_OTHER:
        raise EngineError(
            "the model answers rows differently if others are scored in the same call"
            f" ({len(others)} of {len(rows)} synthetic rows); Baton scores requests together, so"
            " export a model that answers each row by itself"
        )


def _is_same(together: Scores, at: int, alone: Scores) -> bool:
    """Whether the row has the same answer. Labels follow from the numbers, except of a tie."""
    for name, values in together.items():
        if len(alone[name]) != 1:
            return False
        row, other = values[at], alone[name][0]
        if name != LABEL:
            scale = np.abs(values[np.isfinite(values)]).max(initial=0.0)
            if not np.allclose(row, other, _TOLERANCE, _TOLERANCE * scale, equal_nan=True):
                return False
        elif np.ndim(row) == 0 and row != other and _is_decided(together.get(PROBABILITIES), at):
            return False
    return True


def _is_decided(probabilities: Array | None, at: int) -> bool:
    """Whether one class of the row is more probable than others by more than rounding."""
    if probabilities is None:  # an anomaly's label follows from its score
        return False
    row = probabilities[at]
    return int((row >= row.max() - _TOLERANCE).sum()) == 1
