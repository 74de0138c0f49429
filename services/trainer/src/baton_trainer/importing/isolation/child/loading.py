"""Loads a logged model as its flavor of MLflow does, without MLflow."""

from __future__ import annotations

import importlib
import pickle
import sys
from pathlib import Path
from typing import Any

_PICKLES = (".pkl", ".pickle")


def load_model(folder: Path, flavor: dict[str, Any]) -> Any:
    """Loads the model. This runs code of the model.

    Args:
        folder: the logged model.
        flavor: the fields of `Flavor`.

    Raises:
        Exception: of any class: what loading raised.
    """
    if flavor["code"]:
        sys.path.insert(0, str(folder / flavor["code"]))
    file, name = folder / flavor["file"], flavor["name"]
    if file.suffix == ".skops":
        return _load_skops(file)
    if file.suffix == ".joblib":  # it may be compressed, or hold arrays outside of the pickle
        import joblib  # noqa: PLC0415 - one of the model's own libraries

        return joblib.load(file)
    if name in ("sklearn", "python_function") or file.suffix in _PICKLES:
        with file.open("rb") as content:
            return pickle.load(content)  # noqa: S301 - what the sandbox is for
    return {"xgboost": _load_xgboost, "lightgbm": _load_lightgbm, "catboost": _load_catboost}[name](
        str(file), flavor
    )


def _load_skops(file: Path) -> Any:
    from skops import io  # noqa: PLC0415 - one of the model's own libraries

    return io.load(file, trusted=io.get_untrusted_types(file=file))


def _load_xgboost(file: str, flavor: dict[str, Any]) -> Any:
    import xgboost  # noqa: PLC0415 - as above

    # Older versions of MLflow record no class.
    module, _, name = (flavor["model_class"] or "xgboost.core.Booster").rpartition(".")
    if not module.startswith(xgboost.__name__):
        raise ValueError(f"{flavor['model_class']} is not a class of XGBoost")
    model = getattr(importlib.import_module(module), name)()
    model.load_model(file)
    return model


def _load_lightgbm(file: str, _flavor: dict[str, Any]) -> Any:
    import lightgbm  # noqa: PLC0415 - as above

    return lightgbm.Booster(model_file=file)


def _load_catboost(file: str, flavor: dict[str, Any]) -> Any:
    import catboost  # noqa: PLC0415 - as above

    kind = flavor["model_class"].rpartition(".")[2] or "CatBoost"
    return getattr(catboost, kind)().load_model(file, flavor["format"] or "cbm")
