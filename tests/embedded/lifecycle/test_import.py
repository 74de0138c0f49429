"""`baton import` of versions in real registries of older MLflow releases, made by plain MLflow."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from baton_registry.errors import AliasNotSet
from baton_registry.rest.fetch import fetch_manifest
from tests.support.rig.desk import Desk
from tests.support.stranger.server import Stranger

OLD = ("mlflow==2.9.2", "scikit-learn==1.4.2", "xgboost-cpu==2.1.4", "setuptools<81")
NEW = ("mlflow==2.22.*", "scikit-learn==1.5.2")
COMMON = ("sqlalchemy<2.1", "pandas<3")
"""Neither release of MLflow starts with a newer SQLAlchemy."""
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    """MLflow 2.9.2, scikit-learn 1.4.2 and XGBoost 2.1."""
    with Stranger(tmp_path_factory.mktemp("old"), *OLD, *COMMON) as stranger:
        stranger.register("scaled_xgboost", "neighbours")
        yield stranger


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    """MLflow 2.22 and scikit-learn 1.5."""
    with Stranger(tmp_path_factory.mktemp("new"), *NEW, *COMMON) as stranger:
        stranger.register("forest_regressor")
        yield stranger


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache: the tests share the environments in which models are opened."""
    return tmp_path_factory.mktemp("environments")


@pytest.fixture
def importer(desk: Desk, environments: Path) -> Desk:
    """A desk that imports into its own model."""
    desk.more_env["BATON_CACHE_DIR"] = str(environments)
    return desk


def run_import(
    desk: Desk, stranger: Stranger, model: str, data: Path, *more: str, code: int = 0
) -> str:
    """Imports a model as the desk's; returns the last line of stdout, or of stderr if it fails."""
    arguments = ("--data", str(data), "--target", "truth", "--from", stranger.uri, *more)
    result = desk.try_baton("import", model, *arguments, "--to", desk.model, limit_s=300)
    assert result.returncode == code, (result.stdout, result.stderr)
    lines = (result.stderr if code else result.stdout).splitlines()
    return lines[-1]


def ask(desk: Desk, version: str, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Promotes a version and predicts rows with it, in one request."""
    desk.baton("promote", version)
    records = rows.astype(object).where(rows.notna(), None).to_dict("records")
    with desk.serve() as inference:
        inference.wait_until_serving(version)
        answer = inference.predict([{str(k): v for k, v in row.items()} for row in records])
    predictions: list[dict[str, Any]] = answer["predictions"]
    return predictions


def read(stranger: Stranger, model: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Returns the rows of a model, and what the original answers."""
    rows = pd.read_csv(stranger.tables / f"{model}.csv").drop(columns="truth")
    answers: dict[str, Any] = json.loads((stranger.tables / f"{model}.json").read_text())
    return rows, answers


def test_boosted_trees_behind_a_scaler_are_served_exactly(importer: Desk, old: Stranger) -> None:
    """The usual conversion gives another label to one row in forty."""
    version = run_import(importer, old, "scaled_xgboost", old.tables / "scaled_xgboost.csv")
    rows, expected = read(old, "scaled_xgboost")

    predictions = ask(importer, version, rows)

    assert [row["label"] for row in predictions] == expected["label"]
    served = [[row["probabilities"]["0"], row["probabilities"]["1"]] for row in predictions]
    np.testing.assert_allclose(served, expected["probabilities"], rtol=0, atol=TOLERANCE)


def test_version_says_where_it_is_from(importer: Desk, old: Stranger) -> None:
    """Both flavors, a tag, metrics, the gate, and an example without private values."""
    rows, _ = read(old, "scaled_xgboost")
    private = str(rows.columns[0])
    data = old.tables / "scaled_xgboost.csv"
    version = run_import(importer, old, "scaled_xgboost/1", data, "--private", private)
    with importer.registry as registry:
        found = registry.resolve_alias(importer.model, "challenger")
        manifest = fetch_manifest(registry, found, importer.folder / "manifest")
        root = registry.get_artifact_root(found)
        files = registry.list_files(root)
        registry.download(root, "input_example.json", importer.folder / "example")
    assert found.version == version
    assert found.tags["baton.gate"] == "passed"
    assert found.tags["baton.imported_from"].startswith("scaled_xgboost version 1, run ")
    assert found.tags["baton.imported_from"].endswith(old.uri)
    assert {"model.onnx", "model.pkl", "baton-manifest.json", "MLmodel"} <= {*files}
    example = json.loads((importer.folder / "example").read_text())
    assert len(example["data"]) >= 5
    assert not any(value is None for row in example["data"] for value in row)
    assert manifest.private_columns == (private,)
    assert len({row[example["columns"].index(private)] for row in example["data"]}) == 1


def test_forest_of_numbers_is_served_as_a_regression(importer: Desk, new: Stranger) -> None:
    """MLflow's own first example."""
    version = run_import(importer, new, "forest_regressor", new.tables / "forest_regressor.csv")
    rows, expected = read(new, "forest_regressor")

    predictions = ask(importer, version, rows)

    served = [row["value"] for row in predictions]
    unit = np.std(expected["label"])
    np.testing.assert_allclose(served, expected["label"], rtol=0, atol=TOLERANCE * unit)


def test_few_rows_are_registered_but_not_promoted(importer: Desk, old: Stranger) -> None:
    few = importer.folder / "few.csv"
    pd.read_csv(old.tables / "scaled_xgboost.csv").head(100).to_csv(few, index=False)
    version = run_import(importer, old, "scaled_xgboost", few)
    with importer.registry as registry:
        assert registry.get_version(importer.model, version).tags["baton.gate"] == (
            "failed: compared on 100 rows only; at least 1,000 are needed"
        )
    importer.baton("promote", version, code=1)
    importer.baton("promote", version, "--force")


def test_what_does_not_convert_exactly_is_refused(importer: Desk, old: Stranger) -> None:
    """skl2onnx converts KNNImputer without a word, and some rows differ."""
    line = run_import(importer, old, "neighbours", old.tables / "neighbours.csv", code=1)
    assert line.startswith("baton: ")
    with importer.registry as registry, pytest.raises(AliasNotSet):
        registry.resolve_alias(importer.model, "challenger")
