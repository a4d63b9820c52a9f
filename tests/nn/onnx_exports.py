"""Writes tests/nn/onnx_files/: small networks as both of PyTorch's exporters write them, with an input and the output.

    python -m tests.nn.onnx_exports

The files are kept, since an export takes 10 s; they are read by test_onnx_load.py.
"""

from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

FOLDER = Path(__file__).with_name("onnx_files")


class Transformer(nn.Module):
    """Characters in, the logits of the next ones out; no position sees a later one."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(11, 8)
        self.position = nn.Parameter(torch.randn(6, 8))
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, dropout=0.1, activation="gelu")
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(8, 11)

    def forward(self, x):
        steps = x.shape[1]
        mask = torch.triu(torch.full((steps, steps), float("-inf")), 1)
        return self.head(self.encoder(self.embedding(x) + self.position[:steps], mask=mask, is_causal=True))


class Recurrent(nn.Module):
    """Two LSTM layers in both directions; the last step decides."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, 2, batch_first=True, bidirectional=True)
        self.head = nn.Linear(8, 2)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


def cnn():
    """Images in, logits out."""
    return nn.Sequential(
        *(nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(4, 8, 3, stride=2, groups=2), nn.SiLU(), nn.AvgPool2d(2, padding=1)),
        *(nn.Flatten(), nn.Dropout(0.3), nn.Linear(32, 10)),
    )


def strip(path):
    """Leave of the exporter's notes only those on the parts of the network: there are whole tracebacks."""
    model = onnx.load(path)
    del model.metadata_props[:], model.graph.metadata_props[:]
    for part in [*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output]:
        part.doc_string = ""
        kept = [entry for entry in part.metadata_props if entry.key == "pkg.torch.onnx.name_scopes"]
        del part.metadata_props[:]
        part.metadata_props.extend(kept)
    path.write_bytes(model.SerializeToString())


def main():
    """Write all files."""
    torch.manual_seed(0)
    FOLDER.mkdir(exist_ok=True)
    networks = {
        "cnn": (cnn(), torch.randn(3, 1, 12, 12)),
        "transformer": (Transformer(), torch.randint(0, 11, (3, 5))),
        "lstm": (Recurrent(), torch.randn(3, 5, 3)),
    }
    for name, (module, x) in networks.items():
        for buffer_name, buffer in module.named_buffers():
            if buffer_name.endswith(("mean", "var")):
                buffer.uniform_(0.5, 1.5)
        module.eval()
        np.savez(FOLDER / f"{name}.npz", x=x.numpy(), y=module(x).detach().numpy())
        batch = {0: torch.export.Dim("batch")}
        how = {"dynamo": True, "dynamic_shapes": (batch,), "external_data": False, "verbose": False}
        torch.onnx.export(module, (x,), FOLDER / f"{name}.onnx", **how)
        axes = {"x": {0: "batch"}, "y": {0: "batch"}}
        how = {"dynamo": False, "input_names": ["x"], "output_names": ["y"], "dynamic_axes": axes}
        torch.onnx.export(module, (x,), str(FOLDER / f"{name}_torchscript.onnx"), **how)
    for path in FOLDER.glob("*.onnx"):
        strip(path)


if __name__ == "__main__":
    main()
