"""The training rows and the held-out rows of a table, as MLflow's datasets.

Their description comes from the table's known columns. MLflow's own description of a data frame
types every cell again, which takes a minute for a million rows.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from mlflow.data.code_dataset_source import CodeDatasetSource
from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.types.schema import ColSpec, Schema
from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT
from mlflow.utils.validation import MAX_DATASET_SCHEMA_SIZE

from baton_trainer.tables.table import Table
from baton_trainer.tracking.logged_model import build_signature

_DIGEST_LENGTH = 8


def build_dataset_inputs(table: Table, *, with_schema: bool = True) -> list[DatasetInput]:
    """Describes the training rows, `training`, and the held-out rows, `testing`."""
    held_out = int(table.held_out.sum())
    parts = (("training", len(table.target) - held_out), ("testing", held_out))
    datasets = [(_build_dataset(table, context, rows), context) for context, rows in parts]
    if not with_schema:
        datasets = [(_drop_schema(dataset), context) for dataset, context in datasets]
    return [
        DatasetInput(dataset, [InputTag(MLFLOW_DATASET_CONTEXT, context)])
        for dataset, context in datasets
    ]


def has_long_schema(inputs: Sequence[DatasetInput]) -> bool:
    """Whether a schema is longer than MLflow allows."""
    return any(len(each.dataset.schema or "") > MAX_DATASET_SCHEMA_SIZE for each in inputs)


def _drop_schema(dataset: Dataset) -> Dataset:
    return Dataset(
        name=dataset.name,
        digest=dataset.digest,
        source_type=dataset.source_type,
        source=dataset.source,
        profile=dataset.profile,
    )


def _build_dataset(table: Table, context: str, rows: int) -> Dataset:
    source = CodeDatasetSource({"name": table.file_name, "sha256": table.sha256})
    signature = build_signature(table.columns, table.output_schema)
    (target,) = signature.outputs.input_types()
    schema = Schema([*signature.inputs.inputs, ColSpec(target, str(table.target.name))]).to_dict()
    content = json.dumps([table.sha256, context, rows, schema])
    return Dataset(
        name=Path(table.file_name).stem,
        digest=hashlib.sha256(content.encode()).hexdigest()[:_DIGEST_LENGTH],
        source_type=source._get_source_type(),  # noqa: SLF001 - it has no public name
        source=source.to_json(),
        schema=json.dumps({"mlflow_colspec": schema}),
        profile=json.dumps({"num_rows": rows, "num_elements": rows * len(schema)}),
    )
