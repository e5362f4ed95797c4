"""How the shipped speech model is made, from nothing to the ONNX file; never imported by the package."""
