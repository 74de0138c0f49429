import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_registry.versions.model_version import DATA_CHECKSUM_TAG, HELD_OUT_BY_TAG, ModelVersion
from baton_registry.versions.output_schema import OutputSchema
from baton_trainer.errors import NotComparable, VersionNotLoadable
from baton_trainer.evaluation import scoring
from baton_trainer.gate import comparable_model
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.tables.table import Table
from tests.support.trainer.comparable_models import RuleEngine, good, make_model
from tests.support.trainer.registry import FolderRegistry
from tests.support.trainer.tables import changed_table, some_trained_model


def load(folder: Path, **tags: str) -> ComparableModel:
    with FolderRegistry(folder) as registry:
        return comparable_model.load_version(
            registry, ModelVersion("m", "3", tags=tags), trusted=()
        )


def test_probabilities_are_the_same_as_in_the_service(
    version_folder: Path, some_data: Table
) -> None:
    """The classes are in the requested order."""
    loaded = load(version_folder)
    rows = some_data.features[some_data.held_out]
    engine = some_trained_model(some_data).engine
    expected = scoring.score(engine, some_data.columns, rows)["probabilities"]
    for classes in (("no", "yes"), ("yes", "no")):
        answers = loaded.predict(rows, OutputSchema("binary", classes))
        order = [("no", "yes").index(each) for each in classes]
        assert (answers["probabilities"] == expected[:, order]).all()
    assert loaded.name == "version 3"
    assert loaded.size_bytes == (version_folder / "model.onnx").stat().st_size


def test_only_versions_trained_by_baton_hold_rows_out(version_folder: Path) -> None:
    """Other versions may have learned from any row."""
    assert not load(version_folder).holds_out
    assert load(version_folder, **{DATA_CHECKSUM_TAG: "0"}).holds_out
    assert load(version_folder).held_out_by == ""
    assert load(version_folder, **{HELD_OUT_BY_TAG: "customer"}).held_out_by == "customer"


@pytest.mark.parametrize(
    ("columns", "obstacle"),
    [
        ({"whole": 1}, "needs column 'whole'"),
        (
            {"whole": np.linspace(0, 1, 400)},
            "'whole' is whole numbers in the model and fractions in the table",
        ),
        ({"whole": ["x", "y"] * 200}, "'whole' is long in the model and text in the table"),
        ({"label": [1, 2] * 200}, "'label' is string in the model and numbers in the table"),
    ],
)
def test_mismatching_rows_are_an_obstacle(
    columns: dict[str, object], obstacle: str, version_folder: Path
) -> None:
    """The text names the column and the mismatch."""
    table = changed_table(**columns)
    assert obstacle in load(version_folder).find_obstacle(table.features, table.output_schema)


def test_different_classes_are_an_obstacle(version_folder: Path, some_data: Table) -> None:
    obstacle = load(version_folder).find_obstacle(
        some_data.features, OutputSchema("binary", ("a", "b"))
    )
    assert "other classes than these rows (a, b, no)" in obstacle
    assert load(version_folder).find_obstacle(some_data.features, some_data.output_schema) == ""


def test_another_task_is_an_obstacle(version_folder: Path, some_data: Table) -> None:
    """The text names it; there are no classes to compare."""
    loaded = load(version_folder)
    regression = RuleEngine(good, OutputSchema("regression"))
    obstacle = replace(loaded, engine=regression).find_obstacle(
        some_data.features, some_data.output_schema
    )
    assert obstacle == "its task is regression, and these rows have classes"


def test_rows_with_new_missing_values_are_not_accepted(version_folder: Path) -> None:
    """Only in a required column, and only these rows."""
    table = changed_table(whole=["", 1, 2, 3] * 100)
    loaded = load(version_folder)
    assert loaded.find_obstacle(table.features, table.output_schema) == ""
    assert loaded.accepts(table.features).tolist() == [False, True, True, True] * 100


def test_error_says_why_a_version_cannot_be_loaded(version_folder: Path, tmp_path: Path) -> None:
    """A version without ONNX, without its file, or with a broken file."""
    mlmodel = (version_folder / "MLmodel").read_text()
    (tmp_path / "MLmodel").write_text(mlmodel.replace("onnx:", "other:"))
    with pytest.raises(VersionNotLoadable, match=r"version 3 cannot be loaded: .* no ONNX model"):
        load(tmp_path)
    (tmp_path / "MLmodel").write_text(mlmodel)
    with pytest.raises(VersionNotLoadable, match="no ONNX file"):
        load(tmp_path)
    (tmp_path / "model.onnx").write_bytes(json.dumps("no model").encode())
    with pytest.raises(VersionNotLoadable, match="cannot load"):
        load(tmp_path)


def test_model_that_fails_on_rows_is_not_comparable(some_data: Table) -> None:
    """Any error of ONNX Runtime becomes one line that names the version."""

    def broken(rows: pd.DataFrame) -> "pd.Series[float]":
        raise RuntimeError("no such\nkernel")

    with pytest.raises(NotComparable, match="version 3 fails on these rows: no such"):
        make_model(some_data, broken).predict(some_data.features, some_data.output_schema)


def test_model_with_decision_scores_is_not_comparable(some_data: Table) -> None:
    model = make_model(some_data)
    answer = model.engine.score

    def doubled(columns: Mapping[str, Array]) -> Scores:
        scores = answer(columns)
        return {**scores, "probabilities": 2 * scores["probabilities"]}

    model.engine.score = doubled  # type: ignore[method-assign]
    with pytest.raises(NotComparable, match="decision scores"):
        model.predict(some_data.features, some_data.output_schema)
