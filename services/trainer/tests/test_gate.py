import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow.models import Model
from trainer_tables import TARGET, as_file, features, some_candidate, some_table, text_target

from baton_registry.client import RegistryClient
from baton_registry.errors import AliasNotSet, ArtifactNotFound
from baton_registry.model_version import ModelVersion
from baton_trainer import gate, logged_model, table
from baton_trainer.export import Parity
from baton_trainer.gate import Production
from baton_trainer.logged_model import Contents
from baton_trainer.request import Columns
from baton_trainer.table import Table

SAME = Parity(1e-7, 0, 100)


@pytest.mark.parametrize(
    ("parity", "production", "text"),
    [
        (SAME, None, "passed"),
        (SAME, Production("3", roc_auc=0.85), "passed"),
        (SAME, Production("3", roc_auc=0.8600001), "failed: ROC AUC 0.8500 .* of version 3"),
        (SAME, Production("3", roc_auc=0.5), "passed"),
        (SAME, Production("3", obstacle="it needs x"), "failed: .* version 3 .*: it needs x"),
        (SAME, Production("3", warning="no ONNX"), "passed"),
        (Parity(2e-5, 0, 100), None, "failed: the ONNX model differs .* 2.0e-05"),
        (Parity(0.0, 1, 100), None, "failed: .* 1 other labels in 100 rows"),
    ],
)
def test_the_verdict_follows_from_parity_and_production(
    parity: Parity, production: Production | None, text: str
) -> None:
    """Passed, or failed with the figures and the version that they were compared with."""
    assert pd.Series([gate.verdict(parity, 0.85, production)]).str.fullmatch(text + ".*").all()


class FolderRegistry(RegistryClient):
    """A registry whose production version lies in a folder; None means that there is none."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__("http://nowhere.invalid")
        self.folder = folder

    def resolve_alias(self, name: str, alias: str) -> ModelVersion:
        if self.folder is None:
            raise AliasNotSet("not set")
        return ModelVersion(name, "3")

    def artifact_root(self, version: ModelVersion) -> str:
        return ""

    def download(self, root: str, path: str, destination: Path) -> None:
        assert self.folder is not None
        try:
            destination.write_bytes((self.folder / path).read_bytes())
        except FileNotFoundError as error:
            raise ArtifactNotFound("the version has no ONNX file") from error


@pytest.fixture(scope="module")
def data() -> Table:
    return some_table()


@pytest.fixture(scope="module")
def production(data: Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a version that was trained on `data`."""
    made = some_candidate(data)
    folder = tmp_path_factory.mktemp("production") / "model"
    contents = Contents(made.pipeline, made.onnx, data.columns, data.classes, data.features)
    logged_model.save(contents, folder, Model())
    return folder


def look(folder: Path | None, data: Table) -> Production | None:
    with FolderRegistry(folder) as registry:
        rows, target = data.features[data.held_out], data.target[data.held_out]
        return gate.look_at_production(registry, "m", "production", rows, target)


def test_no_production_is_no_obstacle(data: Table) -> None:
    """The first version has nothing to be compared with."""
    assert look(None, data) is None


def test_production_is_scored_on_the_held_out_rows(data: Table, production: Path) -> None:
    """A version trained again on the same data finds its own figure there."""
    found = look(production, data)
    assert found is not None
    assert found.roc_auc == pytest.approx(some_candidate(data).served_roc_auc)
    assert (found.version, found.obstacle, found.warning) == ("3", "", "")


def changed(**columns: object) -> Table:
    frame = features().assign(**columns)  # type: ignore[arg-type]
    file = as_file(frame.assign(**{TARGET: text_target(features())}))
    return table.validated(file, Columns(target=TARGET))


@pytest.mark.parametrize(
    ("columns", "obstacle"),
    [
        ({"whole": 1}, "needs column 'whole'"),
        ({"whole": ["", 1, 2, 3] * 100}, "'whole' has gaps"),
        ({"whole": np.linspace(0, 1, 400)}, "'whole' is whole numbers there and fractions here"),
        ({"whole": ["x", "y"] * 200}, "'whole' is long there and text here"),
        ({"label": [1, 2] * 200}, "'label' is string there and numbers here"),
    ],
)
def test_rows_that_production_does_not_take_are_an_obstacle(
    columns: dict[str, object], obstacle: str, production: Path
) -> None:
    """The column is named, and so is what is wrong with it."""
    found = look(production, changed(**columns))
    assert found is not None
    assert obstacle in found.obstacle


def test_other_classes_are_an_obstacle(production: Path) -> None:
    """Probabilities of other things cannot be compared."""
    found = look(production, some_table(["a", "b"] * 200))
    assert found is not None
    assert "classes are others (a, b, no)" in found.obstacle


def test_a_production_that_cannot_be_looked_at_is_a_warning(
    data: Table, production: Path, tmp_path: Path
) -> None:
    """Its fault, not the challenger's: one that plain MLflow made, or that lost a file."""
    mlmodel = (production / "MLmodel").read_text()
    (tmp_path / "MLmodel").write_text(mlmodel.replace("onnx:", "other:"))
    without = look(tmp_path, data)
    (tmp_path / "MLmodel").write_text(mlmodel)
    lost = look(tmp_path, data)
    (tmp_path / "model.onnx").write_bytes(json.dumps("no model").encode())
    broken = look(tmp_path, data)
    found = [each.warning for each in (without, lost, broken) if each]
    assert "no ONNX model" in found[0]
    assert "no ONNX file" in found[1]
    assert "cannot load" in found[2]
