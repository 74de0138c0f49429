"""What bulk scoring works with: files, a model that adds, a registry that holds a real one."""

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
from baton_cli.bulk.pinned import Pinned
from baton_cli.bulk.tables import Table, open_table
from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_engine.tables.text.reader_rule import KEPT, ReaderRule
from baton_engine.tables.transpose import Rows
from baton_registry.versions.manifest import MANIFEST_FILE
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Column, Label, Schema
from tests.support.cli.fakes import Registry
from tests.support.fakes.registry import manifest_of, mlmodel, sha256

COLUMNS = (Column("x", "double"), Column("n", "long"), Column("note", "string", required=False))
TEXT = "x,n,note\n0.5,1,a\n-1.5,2,\n"


class SignModel:
    """The last class where `x` is positive; its probability is 0.75 then, else 0.25."""

    name = "sign"

    def __init__(self, classes: tuple[Label, ...] = ("no", "yes")) -> None:
        self.classes = classes
        self.calls: list[int] = []

    def score(self, columns: Mapping[str, Array]) -> Scores:
        positive = columns["x"] > 0
        self.calls.append(len(positive))
        labels = np.array([self.classes[int(each)] for each in positive])
        last = np.where(positive, 0.75, 0.25).astype(np.float32)
        return Scores(labels, np.column_stack([1 - last, last]))

    def score_rows(self, rows: Rows) -> Scores:
        raise AssertionError("a file is scored by columns")


class BrokenModel(SignModel):
    """Fails on all rows."""

    def score(self, columns: Mapping[str, Array]) -> Scores:
        raise ValueError("no\nmercy")


def pinned(engine: SignModel | None = None, columns: Sequence[Column] = COLUMNS) -> Pinned:
    """Version 7 of a model."""
    engine = engine or SignModel()
    schema = Schema(tuple(columns), engine.classes)
    return Pinned(ModelVersion("churn_model", "7"), schema, engine)


@contextmanager
def opened(
    folder: Path,
    content: str | bytes,
    how: CsvFormat = CsvFormat(),  # noqa: B008 - frozen
    rule: ReaderRule = KEPT,
) -> Iterator[Table]:
    """The table in a file of this content."""
    path = folder / "in.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with path.open("rb") as file:
        yield open_table(path, file, how, rule)


def parquet(folder: Path, name: str = "in.parquet", **columns: Any) -> Path:
    """A Parquet file of these columns."""
    path = folder / name
    pq.write_table(pa.table(columns), path)
    return path


def add_onnx(registry: Registry, version: str) -> None:
    """Registers a version of one column, `x`: the sign decides."""
    content = _onnx()
    files = {"MLmodel": mlmodel(("x", "double", True), classes=("no", "yes")).encode()}
    files["model.onnx"] = content
    files[MANIFEST_FILE] = manifest_of(files, data_sha256="ab" * 32).encode()
    tags = {"baton.gate": "passed", "baton.manifest": sha256(files[MANIFEST_FILE])}
    registry.add(version, tags=tags)
    registry.files |= {f"{version}/{name}": content for name, content in files.items()}


def _onnx() -> bytes:
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
