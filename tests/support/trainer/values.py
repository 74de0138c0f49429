"""Outcomes and tables of regressions that the trainer's tests share."""

import numpy as np

from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.request import Columns
from baton_trainer.tables.table import Table
from baton_trainer.tables.table_builder import build_table
from tests.support.trainer import housing
from tests.support.trainer.tables import as_file


def some_values(rows: int = 300, seed: int = 0) -> ValueOutcome:
    """Returns fair predictions of random values with a unit."""
    rng = np.random.default_rng(seed)
    truth = 1_000 + 300 * rng.normal(size=rows)
    return ValueOutcome(truth, truth + 100 * rng.normal(size=rows))


def as_values(outcome: Outcome) -> ValueOutcome:
    """Returns the outcome of a regression."""
    assert isinstance(outcome, ValueOutcome)
    return outcome


def some_houses(rows: int = 400) -> Table:
    """Builds the table of houses."""
    file = as_file(housing.generate(rows), "houses.csv")
    return build_table(file, Columns(target=housing.TARGET))
