"""Makes the converters of onnxmltools known to skl2onnx, for one conversion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from threading import Lock
from typing import Any

from skl2onnx import update_registered_converter
from skl2onnx._supported_operators import sklearn_operator_name_map
from skl2onnx.common._registration import _converter_pool, _shape_calculator_pool
from skl2onnx.common.shape_calculator import (
    calculate_linear_classifier_output_shapes,
    calculate_linear_regressor_output_shapes,
)
from sklearn.base import ClassifierMixin

from baton_export.walking import iter_estimators

_CONVERTERS = {
    "lightgbm": ("onnxmltools.convert.lightgbm.operator_converters.LightGbm", "convert_lightgbm"),
    "xgboost": ("onnxmltools.convert.xgboost.operator_converters.XGBoost", "convert_xgboost"),
}
_CLASSIFIER_OPTIONS = {"nocl": [True, False], "zipmap": [True, False, "columns"]}
_REGRESSOR_OPTIONS = {"split": None}
_lock = Lock()


@contextmanager
def register_boosters(model: Any) -> Iterator[None]:
    """Registers the converters of the boosters in a model, and restores the registry afterwards.

    The registry belongs to the process, and skl2onnx gives converters no options without it.
    """
    pools = (sklearn_operator_name_map, _converter_pool, _shape_calculator_pool)
    with _lock:
        before = [dict(pool) for pool in pools]
        try:
            for estimator in iter_estimators(model):
                _register(estimator)
            yield
        finally:
            for pool, content in zip(pools, before):
                pool.clear()
                pool.update(content)


def _register(estimator: Any) -> None:
    kind = type(estimator)
    library = kind.__module__.partition(".")[0]
    if library not in _CONVERTERS:
        return
    module, function = _CONVERTERS[library]
    is_classifier = isinstance(estimator, ClassifierMixin)
    update_registered_converter(
        kind,
        f"Baton{kind.__name__}",
        calculate_linear_classifier_output_shapes
        if is_classifier
        else calculate_linear_regressor_output_shapes,
        getattr(import_module(module), function),
        options=_CLASSIFIER_OPTIONS if is_classifier else _REGRESSOR_OPTIONS,
    )
