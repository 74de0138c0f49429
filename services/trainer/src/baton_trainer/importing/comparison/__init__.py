"""Compares the answers of the original model with those of its ONNX form."""
