"""Exports fitted models to ONNX, exactly: runs without Baton's other packages.

Numbers are doubles up to where a library itself rounds. The package also runs in a model's own
environment, on Python 3.9. It imports numpy, onnx, scikit-learn and skl2onnx, and the library of a
booster only if the model has one.
"""

from baton_export.candidates import Candidate, iter_candidates
from baton_export.errors import CannotExport
from baton_export.inputs import InputColumn, InputMatrix
from baton_export.tasks import ModelTask, describe_task

__all__ = [
    "Candidate",
    "CannotExport",
    "InputColumn",
    "InputMatrix",
    "ModelTask",
    "describe_task",
    "iter_candidates",
]
