"""Models are loaded as MLflow loads them, compared with MLflow itself."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import joblib
import lightgbm
import mlflow
import numpy as np
import pandas as pd
import pytest
import xgboost
from sklearn.linear_model import LogisticRegression

from baton_registry.versions.mlmodel import load_document
from baton_trainer.importing.isolation.child.answers import is_booster
from baton_trainer.importing.isolation.child.loading import load_model
from baton_trainer.importing.isolation.flavor import Flavor, parse_flavor

ROWS = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 2)), columns=["a", "b"])
TARGET = (ROWS["a"] > 0).astype(int)
DATA = lightgbm.Dataset(ROWS, TARGET)
QUIET = {"objective": "binary", "verbose": -1}

Save = Callable[[Path], None]
SAVES: dict[str, Save] = {
    f"sklearn {form}": lambda path, form=form: mlflow.sklearn.save_model(
        LogisticRegression().fit(ROWS, TARGET), path, serialization_format=form, pip_requirements=[]
    )
    for form in ("pickle", "cloudpickle", "skops")
} | {
    "xgboost classifier": lambda path: mlflow.xgboost.save_model(
        xgboost.XGBClassifier(n_estimators=3).fit(ROWS, TARGET), path, pip_requirements=[]
    ),
    "xgboost booster": lambda path: mlflow.xgboost.save_model(
        xgboost.train({}, xgboost.DMatrix(ROWS, TARGET), 3), path, pip_requirements=[]
    ),
    "lightgbm classifier": lambda path: mlflow.lightgbm.save_model(
        lightgbm.LGBMClassifier(n_estimators=3, verbose=-1).fit(ROWS, TARGET),
        path,
        pip_requirements=[],
    ),
    "lightgbm booster": lambda path: mlflow.lightgbm.save_model(
        lightgbm.train(QUIET, DATA, 3), path, pip_requirements=[]
    ),
}


def test_joblib(tmp_path: Path) -> None:
    """A compressed file is no pickle."""
    joblib.dump(LogisticRegression().fit(ROWS, TARGET), tmp_path / "model.joblib", compress=3)

    model = load_model(tmp_path, asdict(Flavor("sklearn", "model.joblib")))

    assert isinstance(model, LogisticRegression)


@pytest.mark.parametrize("name", SAVES)
def test_each_flavor(name: str, tmp_path: Path) -> None:
    """The loaded model answers as MLflow's."""
    folder = tmp_path / "model"
    SAVES[name](folder)
    flavor = parse_flavor(load_document((folder / "MLmodel").read_text()), folder)

    model = load_model(folder, asdict(flavor))

    rows: Any = ROWS
    if is_booster(model) and flavor.name == "xgboost":
        rows = xgboost.DMatrix(ROWS)
    expected = mlflow.pyfunc.load_model(str(folder)).predict(ROWS)
    assert np.array_equal(model.predict(rows), expected)


def test_modules_of_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of the user's own comes from the model's folder of code."""
    monkeypatch.syspath_prepend(str(tmp_path / "elsewhere"))  # restores sys.path afterwards
    code = tmp_path / "code"
    code.mkdir()
    (code / "module_of_the_model.py").write_text("class Mine: answer = 42\n")
    (tmp_path / "model.pkl").write_bytes(b"\x80\x04cmodule_of_the_model\nMine\n.")

    flavor = {"name": "sklearn", "file": "model.pkl", "format": "pickle", "code": "code"}

    assert load_model(tmp_path, flavor).answer == 42


def test_another_class_is_refused(tmp_path: Path) -> None:
    """The MLmodel file names a class of its library, nothing else."""
    flavor = {"name": "xgboost", "file": "x", "format": "", "code": "", "model_class": "os.system"}
    with pytest.raises(ValueError, match=r"os\.system"):
        load_model(tmp_path, flavor)
