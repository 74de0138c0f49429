"""The usual way: skl2onnx converts the whole model in float32."""
