"""From nothing to the shipped file: generate the speech, train, refine, average, export.

    python -m training.run --work training/build

The trained network is trained on several times, each time with other variants of the speech, and on one
processor each. The mean of it and of the refined ones hears real speech better than each of them.
Every step is seeded and leaves its result in the work folder; a step whose result is there is not done again.
With `--begin speech.onnx` a network that was shipped is refined, and nothing is trained from nothing. The
work folder keeps it, so `--out` may replace it.
With `--without flite --out twin.onnx` a twin is made that never hears that family, to measure how well the
recipe carries over to one.
"""

import argparse
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch

from training import sources
from training.average import average
from training.export import SHIPPED, export, read
from training.network import SpeechNetwork
from training.train import Pool, fit, save

SEED = 1
CHANNELS = 160
STEPS = 12_000
VARIANTS = 2
REFINED = 2
REFINE_STEPS = 5_000
REFINE_RATE = 1e-3
NATURAL_VARIANTS = 3


def train(work: Path, names: list[str], *, steps: int, variants: int, channels: int, out: Path) -> None:
    """Train on the named sources."""
    pool = Pool.of(sources.read(work, names), variants, np.random.default_rng(SEED))
    print(f"{pool.hours:.1f} h in the pool", flush=True)
    torch.manual_seed(SEED)
    network = SpeechNetwork(channels)
    fit(network, pool, steps=steps, seed=SEED)
    save(network, out)


def refine(network: Path, work: Path, names: list[str], *, steps: int, seed: int, out: Path) -> None:
    """Train a network on, with variants of the speech that it has not heard and more natural voices."""
    torch.set_num_threads(1)
    refined = read(network)
    natural = [name for name in names if name in sources.NATURAL]
    speech = sources.read(work, [*names, *natural * (NATURAL_VARIANTS - 1)])
    pool = Pool.of(speech, 1, np.random.default_rng(seed))
    fit(refined, pool, steps=steps, seed=seed, peak_rate=REFINE_RATE, norms_fixed=True)
    save(refined, out)


def main() -> None:
    """Do what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--work", type=Path, default=Path("training/build"))
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--begin", type=Path, help="a network to refine, instead of training one")
    parser.add_argument("--without", default="", help="a family of sources that is not trained on")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--variants", type=int, default=VARIANTS)
    parser.add_argument("--channels", type=int, default=CHANNELS)
    parser.add_argument("--refined", type=int, default=REFINED, help="how many refined networks are averaged")
    parser.add_argument("--refine-steps", type=int, default=REFINE_STEPS)
    options = parser.parse_args()
    if options.begin and not options.begin.exists():
        parser.error(f"there is no network at {options.begin}")
    torch.set_num_threads(1)
    trained = [source for source in sources.SOURCES if source.trained]
    if options.without:
        trained = [source for source in trained if not source.name.startswith(options.without)]
    sources.collect(options.work, trained)
    names = [source.name for source in trained]
    suffix = f"-without-{options.without}" if options.without else ""
    if options.begin:
        suffix += f"-from-{options.begin.stem}"
    weights = options.work / f"network{suffix}.pt"
    if options.begin and not weights.exists():
        save(read(options.begin), weights)
    elif not weights.exists():
        sizes = {"steps": options.steps, "variants": options.variants, "channels": options.channels}
        train(options.work, names, **sizes, out=weights)
    refined = [options.work / f"refined{suffix}-{at}.pt" for at in range(1, options.refined + 1)]
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as processes:
        running = [
            processes.submit(
                refine, weights, options.work, names, steps=options.refine_steps, seed=SEED + at, out=file
            )
            for at, file in enumerate(refined, 1)
            if not file.exists()
        ]
        for one in running:
            one.result()
    export(average([read(file) for file in (weights, *refined)]), options.out)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
