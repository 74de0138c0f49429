"""Cells to columns, columns through ONNX Runtime: what serving, training and bulk scoring share."""
