"""Finds how a logged model is stored, from its MLmodel file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from baton_registry.errors import InvalidModel
from baton_registry.versions.mlmodel import check_path
from baton_trainer.errors import ImportFailed

PYTHON_FUNCTION = "python_function"
WRAPPER_LOADER = "mlflow.pyfunc.model"

_LOADERS = {
    "mlflow.sklearn": "sklearn",
    "mlflow.xgboost": "xgboost",
    "mlflow.lightgbm": "lightgbm",
    "mlflow.catboost": "catboost",
    WRAPPER_LOADER: PYTHON_FUNCTION,
}
_FILE_KEYS = {
    "sklearn": "pickled_model",
    "xgboost": "data",
    "lightgbm": "data",
    "catboost": "data",
    PYTHON_FUNCTION: "python_model",
}
_VERSION_KEYS = {
    "sklearn": ("scikit-learn", "sklearn_version"),
    "xgboost": ("xgboost", "xgb_version"),
    "lightgbm": ("lightgbm", "lgb_version"),
    "catboost": ("catboost", "catboost_version"),
}
_SUPPORTED = (
    "Baton imports sklearn, xgboost, lightgbm and catboost models, and a python_function that only"
    " wraps one of these"
)


@dataclass(frozen=True)
class Flavor:
    """How a logged model is stored.

    Attributes:
        name: `sklearn`, `xgboost`, `lightgbm`, `catboost`, or `python_function` for an object of a
            class of the user's own.
        file: the model's file, relative to the model's folder.
        format: `pickle`, `cloudpickle` or `skops` (sklearn); CatBoost's format; else empty.
        model_class: the class of a booster, e.g. `xgboost.sklearn.XGBClassifier`; else empty.
        code: the folder of the model's own modules, relative to the model's folder; else empty.
        python: the version of Python that logged the model; empty if it is not recorded.
        libraries: the version of the flavor's library, by the name of its distribution.
    """

    name: str
    file: str
    format: str = ""
    model_class: str = ""
    code: str = ""
    python: str = ""
    libraries: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_wrapper(self) -> bool:
        """Whether the model is inside of an object of the user's own class."""
        return self.name == PYTHON_FUNCTION


def parse_flavor(document: Mapping[str, Any], model: Path) -> Flavor:
    """Finds how to load a model.

    Args:
        document: the content of its MLmodel file.
        model: the folder of its files.

    Raises:
        ImportFailed: no flavor that Baton can convert, or its entry is damaged. The message names
            the flavors.
    """
    flavors = document.get("flavors")
    flavors = flavors if isinstance(flavors, Mapping) else {}
    function = _get_mapping(flavors, PYTHON_FUNCTION)
    loader = _get_text(function, "loader_module")
    name = _LOADERS.get(loader) or next((each for each in _VERSION_KEYS if each in flavors), "")
    if not name:
        listed = ", ".join(sorted(map(str, flavors))) or "none"
        shown = f" with the loader {loader}" if loader else ""
        raise ImportFailed(f"the model's flavors are {listed}{shown}; {_SUPPORTED}")
    entry = _get_mapping(flavors, name)
    if name == PYTHON_FUNCTION and (_get_mapping(entry, "artifacts")):
        raise ImportFailed(
            "the python_function loads its model from artifacts, not from its own pickle; log that"
            f" model itself: {_SUPPORTED}"
        )
    return _build(name, entry, function, model)


def _build(name: str, entry: Mapping[str, Any], function: Mapping[str, Any], model: Path) -> Flavor:
    distribution, key = _VERSION_KEYS.get(name, ("", ""))
    version = _get_text(entry, key)
    code = _get_text(entry, "code") or _get_text(function, "code")
    return Flavor(
        name=name,
        file=_check_file(_get_text(entry, _FILE_KEYS[name]), name, model),
        format=_get_text(entry, "serialization_format") or _get_text(entry, "save_format"),
        model_class=_get_text(entry, "model_class") or _get_text(entry, "model_type"),
        code=_check(code, name) if code else "",
        python=_get_text(function, "python_version"),
        libraries={distribution: version} if version else {},
    )


def _check_file(path: str, name: str, model: Path) -> str:
    checked = _check(path, name)
    if not (model / checked).is_file():
        raise ImportFailed(
            f"the {name} flavor in the MLmodel file names {checked!r}, which the version does not"
            " have; log the model again"
        )
    return checked


def _check(path: str, name: str) -> str:
    try:
        return check_path(path)
    except InvalidModel as error:
        raise ImportFailed(
            f"the {name} flavor in the MLmodel file names no file of the model; log it again"
        ) from error


def _get_mapping(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}


def _get_text(document: Mapping[str, Any], key: str) -> str:
    value = document.get(key)
    return value if isinstance(value, str) else ""
