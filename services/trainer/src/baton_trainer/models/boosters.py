"""Builds LightGBM and XGBoost estimators that scikit-learn, skops and ONNX support.

Each library is imported only if it is used, because the import is slow.
"""

from collections.abc import Mapping
from typing import Any

from skl2onnx import update_registered_converter
from skl2onnx.common.shape_calculator import (
    calculate_linear_classifier_output_shapes,
    calculate_linear_regressor_output_shapes,
)
from sklearn.base import ClassifierMixin, RegressorMixin, is_classifier
from sklearn.ensemble import VotingClassifier

from baton_trainer.errors import ParameterError

_CLASSIFIER_OPTIONS = {"nocl": [True, False], "zipmap": [True, False, "columns"]}


def build_lightgbm(**params: Any) -> ClassifierMixin:
    """Builds a `lightgbm.LGBMClassifier` that can be exported to ONNX.

    Raises:
        ParameterError: this machine cannot load the library.
    """
    return _build_lightgbm("LGBMClassifier", params)


def build_lightgbm_regressor(**params: Any) -> RegressorMixin:
    """Builds a `lightgbm.LGBMRegressor` that can be exported to ONNX; raises as above."""
    return _build_lightgbm("LGBMRegressor", params)


def _build_lightgbm(name: str, params: Mapping[str, Any]) -> Any:
    try:
        import lightgbm  # noqa: PLC0415
    except OSError as error:  # unlike the others, its wheel does not contain OpenMP
        raise ParameterError(
            f"lightgbm cannot be loaded: {error}; install OpenMP (Debian: apt install libgomp1)"
        ) from error
    from onnxmltools.convert.lightgbm.operator_converters.LightGbm import (  # noqa: PLC0415
        convert_lightgbm,
    )

    estimator = getattr(lightgbm, name)(**params)
    _register(estimator, f"LightGbm{name}", convert_lightgbm)
    return estimator


def build_xgboost(**params: Any) -> ClassifierMixin:
    """Builds an `xgboost.XGBClassifier` for ONNX; it only learns the classes 0 to k-1."""
    return _build_xgboost("XGBClassifier", params)


def build_xgboost_regressor(**params: Any) -> RegressorMixin:
    """Builds an `xgboost.XGBRegressor` for ONNX."""
    return _build_xgboost("XGBRegressor", params)


def _build_xgboost(name: str, params: Mapping[str, Any]) -> Any:
    import xgboost  # noqa: PLC0415
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import (  # noqa: PLC0415
        convert_xgboost,
    )

    estimator = getattr(xgboost, name)(**params)
    _register(estimator, f"XGBoost{name}", convert_xgboost)
    return estimator


def accept_any_labels(estimator: ClassifierMixin) -> ClassifierMixin:
    """Wraps a classifier so that it takes labels of any type.

    `VotingClassifier` with a single member numbers the labels. It is part of scikit-learn, so any
    MLflow client can load the model without Baton's code.
    """
    return VotingClassifier([("only", estimator)], voting="soft", flatten_transform=False)


def _register(estimator: Any, alias: str, converter: Any) -> None:
    is_class = is_classifier(estimator)
    update_registered_converter(
        type(estimator),
        alias,
        calculate_linear_classifier_output_shapes
        if is_class
        else calculate_linear_regressor_output_shapes,
        converter,
        options=_CLASSIFIER_OPTIONS if is_class else None,
    )
