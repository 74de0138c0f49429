"""Evaluates learners by cross-validation: each fold of each learner is a task of joblib.

Without a backend that the caller has chosen, joblib runs them here, one after another.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import joblib
from sklearn.base import is_classifier

from baton_trainer.evaluation.cross_validation import (
    CrossValidation,
    Part,
    evaluate_fold,
    select_training_rows,
)
from baton_trainer.models import pipeline, threads
from baton_trainer.models.estimators import Learner
from baton_trainer.tables.table import Table


def evaluate(learners: Sequence[Learner], table: Table, seed: int) -> Iterator[Mapping[str, float]]:
    """Yields the mean metrics of each learner, on the same folds.

    Raises:
        DataError: there are too few rows.
        Exception: an estimator failed.
    """
    features, target, splitter = select_training_rows(table, seed)
    unfitted = [pipeline.build(each, table.features, table.columns) for each in learners]
    folds = [*splitter.split(target, stratified=is_classifier(unfitted[0]))]
    tasks = (
        joblib.delayed(_evaluate_fold)(
            len(table.target), each, features, target, table.positive, fold
        )
        for each in unfitted
        for fold in folds
    )
    parts: Iterator[Part] = joblib.Parallel(return_as="generator")(tasks)
    for _ in unfitted:
        yield CrossValidation.from_parts([*islice(parts, len(folds))]).means


def _evaluate_fold(table_rows: int, *arguments: Any) -> Part:
    # An estimator that itself uses joblib stays in its process.
    with threads.limit(table_rows), joblib.parallel_config(backend="threading", n_jobs=1):
        return evaluate_fold(*arguments)
