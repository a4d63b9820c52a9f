"""Models as ONNX files: `nn.onnx.load` reads one as a Module of the engine's functions, `nn.onnx.save` writes one."""

from nn.onnx.network import Network as Network
from nn.onnx.reading import load as load
from nn.onnx.saving import save as save
