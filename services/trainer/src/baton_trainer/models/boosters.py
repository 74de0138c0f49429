"""LightGBM and XGBoost as classifiers that scikit-learn, skops and ONNX take for their own.

Each is imported where it is asked for, and only there: nobody else should wait for it.
"""

from typing import Any

from skl2onnx import update_registered_converter
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
from sklearn.base import ClassifierMixin
from sklearn.ensemble import VotingClassifier

from baton_trainer.errors import ParameterError

_CONVERTER_OPTIONS = {"nocl": [True, False], "zipmap": [True, False, "columns"]}


def build_lightgbm(**params: Any) -> ClassifierMixin:
    """A `lightgbm.LGBMClassifier` with an ONNX form.

    Raises:
        ParameterError: this machine cannot load the library.
    """
    try:
        from lightgbm import LGBMClassifier  # noqa: PLC0415
    except OSError as error:  # its wheel carries no OpenMP, unlike the others
        raise ParameterError(
            f"lightgbm cannot be loaded: {error}; install OpenMP (Debian: apt install libgomp1)"
        ) from error
    from onnxmltools.convert.lightgbm.operator_converters.LightGbm import (  # noqa: PLC0415
        convert_lightgbm,
    )

    _register(LGBMClassifier, "LightGbmLGBMClassifier", convert_lightgbm)
    return LGBMClassifier(**params)


def build_xgboost(**params: Any) -> ClassifierMixin:
    """An `xgboost.XGBClassifier` with an ONNX form; it learns classes 0 to k-1 only."""
    from onnxmltools.convert.xgboost.operator_converters.XGBoost import (  # noqa: PLC0415
        convert_xgboost,
    )
    from xgboost import XGBClassifier  # noqa: PLC0415

    _register(XGBClassifier, "XGBoostXGBClassifier", convert_xgboost)
    return XGBClassifier(**params)


def accept_any_labels(estimator: ClassifierMixin) -> ClassifierMixin:
    """The same classifier for labels of any type.

    A vote of one: scikit-learn's own class numbers the labels and gives them back, so that any
    MLflow client can load the model without a line of ours.
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
