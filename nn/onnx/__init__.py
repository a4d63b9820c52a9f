"""Models as ONNX files, in and out."""
