"""Write a trained network as the ONNX file that the package ships."""

import argparse
from pathlib import Path

import onnx
import torch

from training.network import SpeechNetwork, Step
from training.train import DELAY_ROWS
from visavis.engine.speech.features import BANDS, FRAMES_PER_ROW

SHIPPED = Path(__file__).parent.parent / "src/visavis/engine/speech/speech.onnx"


def read(path: Path) -> SpeechNetwork:
    """A network as `training.train` saved it."""
    saved = torch.load(path, weights_only=True)
    network = SpeechNetwork(saved["channels"])
    network.load_state_dict(saved["weights"])
    return network.eval()


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
