"""Support for tests of bulk scoring: files, fake models, and a registry with a real one."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pyarrow as pa
import pyarrow.parquet as pq
from onnx import TensorProto, helper

from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.bulk.loaded_version import LoadedVersion
from baton_cli.bulk.tables import Table, open_table
from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_engine.tables.text.reader_rule import KEEP_WHITE_SPACE, ReaderRule
from baton_engine.tables.transpose import Rows
from baton_registry.versions.manifest import MANIFEST_FILE
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import Label, OutputSchema
from baton_registry.versions.schema import Column, Schema
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import build_manifest, build_mlmodel, compute_sha256

COLUMNS = (Column("x", "double"), Column("n", "long"), Column("note", "string", required=False))
TEXT = "x,n,note\n0.5,1,a\n-1.5,2,\n"


class SignModel:
    """Predicts the last class for positive `x`; its probability is 0.75, else 0.25."""

    name = "sign"

    def __init__(self, classes: tuple[Label, ...] = ("no", "yes")) -> None:
        self.output_schema = OutputSchema.from_classes(classes)
        self.calls: list[int] = []

    def score(self, columns: Mapping[str, Array]) -> Scores:
        positive = columns["x"] > 0
        self.calls.append(len(positive))
        labels = np.array([self.output_schema.classes[int(each)] for each in positive])
        last = np.where(positive, 0.75, 0.25).astype(np.float32)
        return {"label": labels, "probabilities": np.column_stack([1 - last, last])}

    def score_rows(self, rows: Rows) -> Scores:
        raise AssertionError("a file is scored by columns")


class BrokenModel(SignModel):
    """Fails on every row."""

    def score(self, columns: Mapping[str, Array]) -> Scores:
        raise ValueError("no\nmercy")


def load_fake_version(
    engine: SignModel | None = None, columns: Sequence[Column] = COLUMNS
) -> LoadedVersion:
    """Builds version 7 of a model."""
    engine = engine or SignModel()
    schema = Schema(tuple(columns), engine.output_schema.classes)
    return LoadedVersion(ModelVersion("churn_model", "7"), schema, engine)


@contextmanager
def open_content(
    folder: Path,
    content: str | bytes,
    csv_format: CsvFormat = CsvFormat(),  # noqa: B008 - frozen
    rule: ReaderRule = KEEP_WHITE_SPACE,
) -> Iterator[Table]:
    """Writes the content to a file and opens it as a table."""
    path = folder / "in.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with path.open("rb") as file:
        yield open_table(path, file, csv_format, rule)


def write_parquet(folder: Path, name: str = "in.parquet", **columns: Any) -> Path:
    """Writes a Parquet file of these columns."""
    path = folder / name
    pq.write_table(pa.table(columns), path)
    return path


def add_onnx(registry: Registry, version: str) -> None:
    """Registers a version with one column, `x`, which predicts its sign."""
    content = _build_onnx()
    files = {"MLmodel": build_mlmodel(("x", "double", True), classes=("no", "yes")).encode()}
    files["model.onnx"] = content
    files[MANIFEST_FILE] = build_manifest(files, data_sha256="ab" * 32).encode()
    tags = {"baton.gate": "passed", "baton.manifest": compute_sha256(files[MANIFEST_FILE])}
    registry.add(version, tags=tags)
    registry.files |= {f"{version}/{name}": content for name, content in files.items()}


def _build_onnx() -> bytes:
    node = helper.make_node(
        "LinearClassifier",
        ["x"],
        ["label", "probabilities"],
        domain="ai.onnx.ml",
        coefficients=[-1.0, 1.0],
        intercepts=[0.0, 0.0],
        classlabels_strings=["no", "yes"],
        post_transform="SOFTMAX",
    )
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 1])]
    outputs = [
        helper.make_tensor_value_info("label", TensorProto.STRING, [None]),
        helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2]),
    ]
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    graph = helper.make_graph([node], "sign", inputs, outputs)
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content
