"""Cells to columns, columns through ONNX Runtime: what serving, training and bulk scoring share.

Importing any module of this package opts the process out of the telemetry of ONNX Runtime and
MLflow, which both read the environment while they are imported.
"""

from baton_engine.settings import decline_telemetry

decline_telemetry()
