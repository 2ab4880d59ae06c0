"""The standard model as others use it: card, ONNX, TFLite, suggestions."""
