"""Cells to columns, and columns through ONNX Runtime, for serving, training and bulk scoring.

Importing this package turns off the telemetry of ONNX Runtime and MLflow. Both read the environment
at import.
"""

from baton_engine.settings import decline_telemetry

decline_telemetry()
