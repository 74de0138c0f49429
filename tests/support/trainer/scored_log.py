"""Fills a prediction log with rows that a registered version has scored."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from baton_engine.tables.output_columns import build_output_columns, list_output_fields
from baton_registry.rest.client import RegistryClient
from baton_trainer.gate.comparable_model import ComparableModel, load_version
from tests.support.trainer.prediction_log import MadeLog


def load(registry: RegistryClient, model: str, version: str) -> ComparableModel:
    """Loads a version."""
    return load_version(registry, registry.get_version(model, version), trusted=())


def list_answers(model: ComparableModel, features: pd.DataFrame, prefix: str = "") -> pd.DataFrame:
    """Scores rows; the outputs are named as in the log."""
    outputs, scores = model.engine.output_schema, model.score(features)
    columns = zip(list_output_fields(outputs), build_output_columns(scores, outputs), strict=True)
    return pd.DataFrame(
        {prefix + field.name: pa.array(each).to_pylist() for field, each in columns}
    )


def add_scored_rows(
    log: MadeLog, version: str, model: ComparableModel, features: pd.DataFrame, **more: Any
) -> list[str]:
    """Adds rows with all of the model's features; returns their request ids."""
    names = [column.name for column in model.schema.columns]
    inputs = features[names].astype(object).where(features[names].notna(), None)
    ids = [f"v{version}-{number}" for number in range(len(features))]
    frame = pd.concat(
        [
            pd.DataFrame({"request_id": ids}),
            list_answers(model, features),
            inputs.add_prefix("f_").reset_index(drop=True),
        ],
        axis=1,
    ).assign(**more)
    log.add_predictions(version, [*frame.to_dict(orient="records")])
    return ids


def add_truths(log: MadeLog, ids: Sequence[str], truths: Sequence[Any], **more: Any) -> None:
    """Adds a label for each row."""
    labels = zip(ids, truths, strict=True)
    log.add_labels([{"request_id": each, "label": str(label), **more} for each, label in labels])
