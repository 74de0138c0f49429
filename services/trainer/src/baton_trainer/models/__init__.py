"""Estimators, pipelines, and their export to ONNX."""
