"""Columns to numpy, numpy through ONNX Runtime: what serving and training share."""
