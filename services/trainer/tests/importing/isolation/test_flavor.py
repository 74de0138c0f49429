"""How a logged model is stored."""

from pathlib import Path
from typing import Any

import pytest

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.flavor import Flavor, parse_flavor


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model's folder with the files that MLflow writes."""
    for name in ("model.pkl", "model.xgb", "model.lgb", "model.cb", "python_model.pkl"):
        (tmp_path / name).touch()
    return tmp_path


def write(loader: str, **flavors: Any) -> dict[str, Any]:
    """Writes the flavors as MLflow does."""
    function = {"loader_module": loader, "python_version": "3.11.7", "predict_fn": "predict"}
    return {"flavors": {"python_function": function, **flavors}}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            write(
                "mlflow.sklearn",
                sklearn={
                    "pickled_model": "model.pkl",
                    "serialization_format": "cloudpickle",
                    "sklearn_version": "1.4.2",
                    "code": None,
                },
            ),
            Flavor(
                "sklearn",
                "model.pkl",
                "cloudpickle",
                python="3.11.7",
                libraries={"scikit-learn": "1.4.2"},
            ),
        ),
        (
            write(
                "mlflow.xgboost",
                xgboost={
                    "data": "model.xgb",
                    "model_class": "xgboost.sklearn.XGBClassifier",
                    "xgb_version": "2.0.3",
                },
            ),
            Flavor(
                "xgboost",
                "model.xgb",
                model_class="xgboost.sklearn.XGBClassifier",
                python="3.11.7",
                libraries={"xgboost": "2.0.3"},
            ),
        ),
        (
            write("mlflow.lightgbm", lightgbm={"data": "model.lgb", "code": "code"}),
            Flavor("lightgbm", "model.lgb", code="code", python="3.11.7"),
        ),
        (
            write(
                "mlflow.catboost",
                catboost={
                    "data": "model.cb",
                    "model_type": "CatBoostClassifier",
                    "save_format": "cbm",
                },
            ),
            Flavor(
                "catboost", "model.cb", "cbm", model_class="CatBoostClassifier", python="3.11.7"
            ),
        ),
    ],
)
def test_each_flavor(document: dict[str, Any], expected: Flavor, model: Path) -> None:
    """The entries that versions of MLflow since 1.30 write."""
    assert parse_flavor(document, model) == expected


def test_a_wrapper(model: Path) -> None:
    """An object of a class of the user's own."""
    document = write("mlflow.pyfunc.model")
    document["flavors"]["python_function"]["python_model"] = "python_model.pkl"

    flavor = parse_flavor(document, model)

    assert flavor.is_wrapper
    assert flavor.file == "python_model.pkl"


@pytest.mark.parametrize(
    ("document", "word"),
    [
        (write("mlflow.pytorch", pytorch={"model_data": "data"}), "pytorch"),
        (write("mlflow.prophet", prophet={}), "mlflow.prophet"),
        (write("evil.loader"), "evil.loader"),
        ({"flavors": {"onnx": {}}}, "onnx"),
        ({"flavors": {}}, "none"),
        ({}, "none"),
        ({"flavors": ["sklearn"]}, "none"),
    ],
)
def test_other_flavors_are_named(document: dict[str, Any], word: str, model: Path) -> None:
    """The message names what the version has, and what Baton can import."""
    with pytest.raises(ImportFailed, match=word) as caught:
        parse_flavor(document, model)

    assert "Baton imports sklearn" in str(caught.value)


def test_artifacts_are_refused(model: Path) -> None:
    """A wrapper that loads its model from a file."""
    document = write("mlflow.pyfunc.model")
    document["flavors"]["python_function"] |= {
        "python_model": "python_model.pkl",
        "artifacts": {"model": {"path": "artifacts/model.pkl", "uri": "…"}},
    }
    with pytest.raises(ImportFailed, match="artifacts"):
        parse_flavor(document, model)


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret.pkl", "", "none.pkl", "a\0b", None, 5])
def test_files_stay_in_the_folder(path: object, model: Path) -> None:
    """The file of the model is one of the version's own."""
    document = write("mlflow.sklearn", sklearn={"pickled_model": path})
    with pytest.raises(ImportFailed, match="sklearn flavor"):
        parse_flavor(document, model)
