"""Fit the network to labelled speech on one CPU thread."""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.augment import varied
from training.corpus import Utterance, load
from training.network import SpeechNetwork
from training.nonspeech import KINDS, silence
from visavis.engine.speech.articulation import targets
from visavis.engine.speech.features import FRAMES_PER_ROW, features
from visavis.engine.speech.motion import CHANNELS, RATE_HZ, ROW_RATE_HZ, ROW_SAMPLES, VISEMES

DELAY_ROWS = 3
"""An answer comes this many rows after the row that it is about: 70 ms of lookahead."""

_CROP_ROWS = 200
_WARM_UP_ROWS = 12
_CHANNEL_WEIGHTS = (1.0, 1.0, 1.0, 0.5, 1.5, 2.5)
_TH_WEIGHT = 3.0
"""Real speech says `th` less clearly than synthesisers do."""


class Pool:
    """One long row of augmented sound and its targets, out of which crops are drawn.

    Attributes:
        frames: Shape `(2 rows, 40)`.
        hard: Shape `(rows,)`.
        soft: Shape `(rows, 15 + 6 + 1)`: visemes, channels, voice.
    """

    def __init__(self, frames: np.ndarray, hard: np.ndarray, soft: np.ndarray) -> None:
        self.frames, self.hard, self.soft = frames, hard, soft

    @classmethod
    def of(
        cls, speech: Sequence[Utterance], variants: int, rng: np.random.Generator, quiet: float = 0.12
    ) -> "Pool":
        """Every recording in so many variants, with a share of sounds that nobody speaks among them."""
        frames, hard, soft = [], [], []
        kinds = [name for name in KINDS if name != "silence"]
        for _ in range(variants):
            for at in rng.permutation(len(speech)):
                sound, ends_s, classes = varied(rng, speech[at], speech)
                picture = features(sound).astype(np.float16)
                rows = len(picture) // FRAMES_PER_ROW
                if rows < 5:
                    continue
                wanted = targets(ends_s, classes, (np.arange(rows) + 0.5) / ROW_RATE_HZ)
                frames.append(picture)
                hard.append(wanted.hard)
                answers = [wanted.soft, wanted.channels, wanted.voice[:, None]]
                soft.append(np.concatenate(answers, axis=1).astype(np.float16))
                if rng.random() < quiet * 1.3:
                    picture = features(_unspoken(rng, str(rng.choice(kinds)))).astype(np.float16)
                    rows = len(picture) // FRAMES_PER_ROW
                    frames.append(picture)
                    hard.append(np.zeros(rows, np.int8))
                    soft.append(np.repeat(_rest().astype(np.float16)[None], rows, axis=0))
        return cls(np.concatenate(frames), np.concatenate(hard), np.concatenate(soft))

    def __len__(self) -> int:
        return len(self.hard)

    @property
    def hours(self) -> float:
        """How long it lasts."""
        return len(self) / ROW_RATE_HZ / 3600

    def crops(self, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Random crops: frames `(count, 400, 40)`, hard `(count, 200)`, soft `(count, 200, 22)`, delayed."""
        starts = rng.integers(DELAY_ROWS, len(self) - _CROP_ROWS, count)
        frames = np.stack(
            [self.frames[FRAMES_PER_ROW * at :][: FRAMES_PER_ROW * _CROP_ROWS] for at in starts]
        )
        hard = np.stack([self.hard[at - DELAY_ROWS :][:_CROP_ROWS] for at in starts])
        soft = np.stack([self.soft[at - DELAY_ROWS :][:_CROP_ROWS] for at in starts])
        return (
            torch.from_numpy(_warped(rng, frames.astype(np.float32))),
            torch.from_numpy(hard.astype(np.int64)),
            torch.from_numpy(soft.astype(np.float32)),
        )


def _rest() -> np.ndarray:
    """The targets of silence."""
    wanted = targets(np.array([9.0]), np.array([0]), np.array([4.5]))
    return np.concatenate([wanted.soft[0], wanted.channels[0], wanted.voice])


def _unspoken(rng: np.random.Generator, kind: str) -> np.ndarray:
    samples = int(rng.uniform(2, 6) * RATE_HZ) // ROW_SAMPLES * ROW_SAMPLES
    sound = KINDS[kind](rng, samples)
    if kind != "silence":
        sound = sound * np.float32(10 ** (-rng.uniform(0, 45) / 20))
    return sound + silence(rng, samples)


def _warped(rng: np.random.Generator, frames: np.ndarray) -> np.ndarray:
    """Cheap variation of crops: level, colour, vocal-tract length, gaps in band and time, noise."""
    bands = frames.shape[2]
    for crop in frames:
        colour = rng.normal(0, 0.5, 6).cumsum()
        crop += rng.uniform(-2.5, 2) + np.linspace(-1, 1, bands) * rng.uniform(-1, 1)
        crop += np.interp(np.arange(bands), np.linspace(0, bands - 1, 6), colour - colour.mean())
        if rng.random() < 0.5:
            source = np.clip(np.arange(bands) * (1 + rng.uniform(-0.12, 0.12)), 0, bands - 1)
            low = source.astype(int)
            share = (source - low).astype(np.float32)
            crop[:] = crop[:, low] * (1 - share) + crop[:, np.minimum(low + 1, bands - 1)] * share
        if rng.random() < 0.3:
            first = rng.integers(0, bands - 4)
            crop[:, first : first + rng.integers(1, 6)] = crop.mean()
        for _ in range(rng.binomial(2, 0.5)):
            first = rng.integers(0, len(crop) - 10)
            crop[first : first + rng.integers(3, 10)] = crop.min()
        crop += rng.normal(0, rng.uniform(0, 0.35), crop.shape)
        np.maximum(crop, rng.uniform(-13.8, -9.5), out=crop)
    return frames


def loss_of(outputs: Tensor, hard: Tensor, soft: Tensor, weights: Tensor) -> Tensor:
    """Visemes by cross entropy, half for the sound spoken, half for the blend; channels by squares.

    Args:
        outputs: Logits, shape `(batch, rows, 22)`.
        hard: Shape `(batch, rows)`.
        soft: Shape `(batch, rows, 22)`.
        weights: How much each viseme counts, shape `(15,)`.
    """
    split = len(VISEMES), len(CHANNELS), 1
    visemes, channels, voice = torch.split(outputs, split, dim=-1)
    soft_visemes, soft_channels, soft_voice = torch.split(soft, split, dim=-1)
    log_visemes = F.log_softmax(visemes, dim=-1)
    spoken = -(log_visemes.gather(-1, hard[..., None])[..., 0] * weights[hard])
    blended = -(log_visemes * soft_visemes).sum(-1)
    squares = ((torch.sigmoid(channels) - soft_channels) ** 2 * torch.tensor(_CHANNEL_WEIGHTS)).sum(-1)
    speaking = F.binary_cross_entropy_with_logits(voice, soft_voice, reduction="none")[..., 0]
    each = 0.5 * spoken + 0.5 * blended + 3 * squares + 0.5 * speaking
    return each[:, _WARM_UP_ROWS:].mean()


def viseme_weights(pool: Pool) -> Tensor:
    """Rare visemes count more, lest TH be given up for DD: frequency to the power -0.5, mean 1."""
    counts = np.bincount(pool.hard, minlength=len(VISEMES)) + 1.0
    weights = (counts / counts.sum()) ** -0.5
    weights[VISEMES.index("TH")] *= _TH_WEIGHT
    return torch.tensor(weights / (weights * counts).sum() * counts.sum(), dtype=torch.float32)


def _crop_stream(pool: Pool, seed: int, count: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    rng = np.random.default_rng(seed)
    while True:
        yield pool.crops(rng, count)


def fit(
    network: SpeechNetwork,
    pool: Pool,
    *,
    steps: int,
    seed: int,
    crops: int = 24,
    peak_rate: float = 2e-3,
    norms_fixed: bool = False,
) -> SpeechNetwork:
    """Train for so many steps: AdamW, short warm-up, cosine to zero.

    Args:
        network: Is changed in place.
        pool: What to learn from.
        steps: How many.
        seed: Of the crops.
        crops: Per step.
        peak_rate: The learning rate after the warm-up.
        norms_fixed: Keep the statistics of the normalisations, so that networks trained on from one network
            can be averaged.
    """
    torch.manual_seed(seed)
    optimizer = torch.optim.AdamW(network.parameters(), lr=peak_rate, weight_decay=1e-2)
    weights = viseme_weights(pool)
    stream = _crop_stream(pool, seed, crops)
    network.train(not norms_fixed)
    started, running = time.monotonic(), 0.0
    for step in range(steps):
        rate = peak_rate * min(1.0, (step + 1) / 100) * 0.5 * (1 + np.cos(np.pi * step / steps))
        for group in optimizer.param_groups:
            group["lr"] = rate
        frames, hard, soft = next(stream)
        loss = loss_of(network(frames), hard, soft, weights)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        running = loss.item() if not step else 0.98 * running + 0.02 * loss.item()
        if (step + 1) % 100 == 0:
            print(
                f"step {step + 1}/{steps}  loss {running:.3f}  {time.monotonic() - started:.0f} s", flush=True
            )
    return network.eval()


def save(network: SpeechNetwork, path: Path) -> None:
    """Write a network with its size, as `training.export.read` finds it."""
    torch.save({"channels": network.channels, "weights": network.state_dict()}, path)


def main() -> None:
    """Train on the given corpora."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="+", type=Path, help=".npz files of training.corpus")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--variants", type=int, default=3)
    parser.add_argument("--channels", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    speech = load(options.corpora)
    pool = Pool.of(speech, options.variants, np.random.default_rng(options.seed))
    print(f"{len(pool) / ROW_RATE_HZ / 3600:.2f} h in the pool", flush=True)
    torch.manual_seed(options.seed)
    network = SpeechNetwork(options.channels)
    print(f"{sum(weights.numel() for weights in network.parameters())} parameters", flush=True)
    fit(network, pool, steps=options.steps, seed=options.seed)
    save(network, options.out)


if __name__ == "__main__":
    main()
