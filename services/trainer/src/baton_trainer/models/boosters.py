"""Builds LightGBM and XGBoost classifiers that scikit-learn, skops and ONNX support.

Each library is imported only if it is used, because the import is slow.
"""

from typing import Any

from skl2onnx import update_registered_converter
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
from sklearn.base import ClassifierMixin
from sklearn.ensemble import VotingClassifier

from baton_trainer.errors import ParameterError

_CONVERTER_OPTIONS = {"nocl": [True, False], "zipmap": [True, False, "columns"]}


def build_lightgbm(**params: Any) -> ClassifierMixin:
    """Builds a `lightgbm.LGBMClassifier` that can be exported to ONNX.

    Raises:
        ParameterError: this machine cannot load the library.
    """
    try:
        from lightgbm import LGBMClassifier  # noqa: PLC0415
    except OSError as error:  # unlike the others, its wheel does not contain OpenMP
        raise ParameterError(
            f"lightgbm cannot be loaded: {error}; install OpenMP (Debian: apt install libgomp1)"
        ) from error
    from onnxmltools.convert.lightgbm.operator_converters.LightGbm import (  # noqa: PLC0415
        convert_lightgbm,
    )

    _register(LGBMClassifier, "LightGbmLGBMClassifier", convert_lightgbm)
    return LGBMClassifier(**params)


def build_xgboost(**params: Any) -> ClassifierMixin:
    """Builds an `xgboost.XGBClassifier` for ONNX; it only learns the classes 0 to k-1."""
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import (  # noqa: PLC0415
        convert_xgboost,
    )
    from xgboost import XGBClassifier  # noqa: PLC0415

    _register(XGBClassifier, "XGBoostXGBClassifier", convert_xgboost)
    return XGBClassifier(**params)


def accept_any_labels(estimator: ClassifierMixin) -> ClassifierMixin:
    """Wraps a classifier so that it takes labels of any type.

    `VotingClassifier` with a single member numbers the labels. It is part of scikit-learn, so any
    MLflow client can load the model without Baton's code.
    """
    return VotingClassifier([("only", estimator)], voting="soft", flatten_transform=False)


def _register(kind: type, alias: str, converter: Any) -> None:
    update_registered_converter(
        kind,
        alias,
        calculate_linear_classifier_output_shapes,
        converter,
        options=_CONVERTER_OPTIONS,
    )
