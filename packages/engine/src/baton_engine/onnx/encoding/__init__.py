"""Encodes a model's columns outside of ONNX: one-hot, imputation, scaling, in one matrix."""
