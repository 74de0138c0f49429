"""The versions of ONNX's operators that the exported graphs use."""

from __future__ import annotations

ML = "ai.onnx.ml"
OPSETS = {"": 18, ML: 3}
"""The newest that every converter writes; onnxmltools writes trees of ML 3."""
IR_VERSION = 8
"""Of ONNX 1.13, the first with opset 18: https://onnx.ai/onnx/repo-docs/Versioning.html"""
