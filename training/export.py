"""Write a trained network as the ONNX file that the package ships."""

import argparse
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.network import KERNEL, STEM_FRAMES, SpeechNetwork, Step
from training.train import DELAY_ROWS
from visavis.engine.speech.features import BANDS, FRAMES_PER_ROW

SHIPPED = Path(__file__).parent.parent / "src/visavis/engine/speech/speech.onnx"


def read(path: Path) -> SpeechNetwork:
    """A network as `training.train` saved it, or one that was exported."""
    if path.suffix == ".onnx":
        return _exported(path)
    saved = torch.load(path, weights_only=True)
    network = SpeechNetwork(saved["channels"])
    network.load_state_dict(saved["weights"])
    return network.eval()


def _exported(path: Path) -> SpeechNetwork:
    """An exported network. Its normalisations are folded into its matrices, so they do nothing here."""
    found = {one.name: numpy_helper.to_array(one) for one in onnx.load(str(path)).graph.initializer}
    layers = [torch.from_numpy(found[f"layers.{at}"].copy()) for at in range(len(found))]
    pairs = list(zip(layers[::2], layers[1::2], strict=True))
    network = SpeechNetwork(channels=len(layers[1]))
    stem = (network.stem, network.stem_norm, STEM_FRAMES)
    blocks = [(block.conv, block.norm, KERNEL) for block in network.blocks]
    for (conv, norm, taps), (matrix, offset) in zip((stem, *blocks), pairs[:-1], strict=True):
        _load(conv, norm, matrix.unflatten(0, (taps, -1)).permute(2, 1, 0), offset)
    matrix, offset = pairs[-1]
    network.head.load_state_dict({"weight": matrix.T[:, :, None], "bias": offset})
    return network.eval()


def _load(conv: nn.Conv1d, norm: nn.BatchNorm1d, weight: Tensor, offset: Tensor) -> None:
    conv.load_state_dict({"weight": weight})
    norm.running_mean.zero_()
    norm.running_var.fill_(1 - norm.eps)
    norm.load_state_dict(norm.state_dict() | {"weight": torch.ones_like(offset), "bias": offset})


def export(network: SpeechNetwork, path: Path) -> None:
    """One step of the network; the delay of its answers goes along as metadata."""
    step = Step(network).eval()
    torch.onnx.export(
        step,
        (torch.zeros(1, FRAMES_PER_ROW, BANDS), *step.memory()),
        str(path),
        input_names=["frames", "frames_before", "rows_before"],
        output_names=["visemes", "channels", "inner", "frames_after", "rows_after"],
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(str(path))
    model.doc_string = "visavis speech model; see docs/speech-model.md"
    entry = model.metadata_props.add()
    entry.key, entry.value = "delay_rows", str(DELAY_ROWS)
    onnx.save(model, str(path))


def main() -> None:
    """Export a saved network."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", type=Path)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    export(read(options.network), options.out)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
