"""From nothing to the shipped file: generate the speech, train, export.

    python -m training.run --work training/build

Every step is seeded and leaves its result in the work folder; a step whose result is there is not done again.
With `--without flite --out twin.onnx` a twin is made that never hears that family, to measure how well the
recipe carries over to one.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from training import sources
from training.export import SHIPPED, export, read
from training.network import SpeechNetwork
from training.train import Pool, fit

SEED = 1
CHANNELS = 160
STEPS = 12_000
VARIANTS = 2


def train(work: Path, names: list[str], *, steps: int, variants: int, channels: int, out: Path) -> None:
    """Train on the named sources."""
    pool = Pool.of(sources.read(work, names), variants, np.random.default_rng(SEED))
    print(f"{pool.hours:.1f} h in the pool", flush=True)
    torch.manual_seed(SEED)
    network = SpeechNetwork(channels)
    fit(network, pool, steps=steps, seed=SEED)
    torch.save({"channels": channels, "weights": network.state_dict()}, out)


def main() -> None:
    """Do what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, default=Path("training/build"))
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--without", default="", help="a family of sources that is not trained on")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--variants", type=int, default=VARIANTS)
    parser.add_argument("--channels", type=int, default=CHANNELS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    trained = [source for source in sources.SOURCES if source.trained]
    if options.without:
        trained = [source for source in trained if not source.name.startswith(options.without)]
    sources.collect(options.work, trained)
    weights = options.work / (f"network-without-{options.without}.pt" if options.without else "network.pt")
    if not weights.exists():
        sizes = {"steps": options.steps, "variants": options.variants, "channels": options.channels}
        train(options.work, [source.name for source in trained], **sizes, out=weights)
    export(read(weights), options.out)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
