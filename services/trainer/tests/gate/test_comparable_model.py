import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_registry.versions.model_version import DATA_CHECKSUM_TAG, HELD_OUT_BY_TAG, ModelVersion
from baton_trainer.errors import NotComparable, VersionNotLoadable
from baton_trainer.evaluation import scoring
from baton_trainer.gate import comparable_model
from baton_trainer.gate.comparable_model import ComparableModel
from baton_trainer.tables.table import Table
from tests.support.trainer.comparable_models import contender as contender_of
from tests.support.trainer.registry import FolderRegistry
from tests.support.trainer.tables import changed_table, some_trained_model


def load(folder: Path, **tags: str) -> ComparableModel:
    with FolderRegistry(folder) as registry:
        return comparable_model.load_version(registry, ModelVersion("m", "3", tags=tags), trusted=())


def test_it_says_what_the_service_would_say(version_folder: Path, some_data: Table) -> None:
    """Of the same rows, in the order of classes that is asked for."""
    loaded = load(version_folder)
    rows = some_data.features[some_data.held_out]
    engine = some_trained_model(some_data).engine
    expected = scoring.score(engine, some_data.columns, rows).probabilities
    assert (loaded.probabilities(rows, ("no", "yes")) == expected).all()
    assert (loaded.probabilities(rows, ("yes", "no")) == expected[:, ::-1]).all()
    assert loaded.name == "version 3"
    assert loaded.size_bytes == (version_folder / "model.onnx").stat().st_size


def test_only_what_baton_trained_is_known_to_hold_rows_out(version_folder: Path) -> None:
    """Others may have learned from any row."""
    assert not load(version_folder).holds_out
    assert load(version_folder, **{DATA_CHECKSUM_TAG: "0"}).holds_out
    assert load(version_folder).held_out_by == ""
    assert load(version_folder, **{HELD_OUT_BY_TAG: "customer"}).held_out_by == "customer"


@pytest.mark.parametrize(
    ("columns", "obstacle"),
    [
        ({"whole": 1}, "needs column 'whole'"),
        ({"whole": np.linspace(0, 1, 400)}, "'whole' is whole numbers there and fractions here"),
        ({"whole": ["x", "y"] * 200}, "'whole' is long there and text here"),
        ({"label": [1, 2] * 200}, "'label' is string there and numbers here"),
    ],
)
def test_rows_that_it_does_not_take_are_an_obstacle(
    columns: dict[str, object], obstacle: str, version_folder: Path
) -> None:
    """The column is named, and so is what is wrong with it."""
    table = changed_table(**columns)
    assert obstacle in load(version_folder).obstacle(table.features, table.classes)


def test_other_classes_are_an_obstacle(version_folder: Path, some_data: Table) -> None:
    """Probabilities of other things cannot be compared."""
    obstacle = load(version_folder).obstacle(some_data.features, ("a", "b"))
    assert "classes are others (a, b, no)" in obstacle
    assert load(version_folder).obstacle(some_data.features, some_data.classes) == ""


def test_rows_with_new_gaps_are_not_taken(version_folder: Path) -> None:
    """In a column that is required; the other rows are."""
    table = changed_table(whole=["", 1, 2, 3] * 100)
    loaded = load(version_folder)
    assert loaded.obstacle(table.features, table.classes) == ""
    assert loaded.takes(table.features).tolist() == [False, True, True, True] * 100


def test_what_cannot_be_loaded_says_why(version_folder: Path, tmp_path: Path) -> None:
    """One that plain MLflow made, that lost a file, or whose file is broken."""
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


def test_a_model_that_fails_on_rows_is_not_comparable(some_data: Table) -> None:
    """Whatever ONNX Runtime raises, it is one line that names the version."""

    def broken(rows: pd.DataFrame) -> "pd.Series[float]":
        raise RuntimeError("no such\nkernel")

    with pytest.raises(NotComparable, match="version 3 fails on these rows: no such"):
        contender_of(some_data, broken).probabilities(some_data.features, some_data.classes)


def test_scores_cannot_be_compared(some_data: Table) -> None:
    """Of a model whose answers are no probabilities, ROC AUC would be of something else."""
    rival = contender_of(some_data)
    answer = rival.engine.score

    def doubled(columns: Mapping[str, Array]) -> Scores:
        labels, probabilities = answer(columns)
        return Scores(labels, 2 * probabilities)

    rival.engine.score = doubled  # type: ignore[method-assign]
    with pytest.raises(NotComparable, match="decision scores"):
        rival.probabilities(some_data.features, some_data.classes)
