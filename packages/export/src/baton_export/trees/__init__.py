"""Decision trees of all libraries as one ONNX operator."""
