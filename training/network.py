"""The network as torch trains it, and one step of it as it is exported, with its memory handed in and out."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from visavis.engine.speech.features import BANDS, FRAMES_PER_ROW
from visavis.engine.speech.motion import CHANNELS, VISEMES

OUTPUTS = len(VISEMES) + len(CHANNELS) + 1
STEM_FRAMES = 4
KERNEL = 3


class _Block(nn.Module):
    """A causal convolution with normalisation, added to its input."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.reach = (KERNEL - 1) * dilation
        self.conv = nn.Conv1d(channels, channels, KERNEL, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, padded: Tensor) -> Tensor:
        """Shape `(batch, channels, reach + rows)` in, `(batch, channels, rows)` out."""
        return padded[:, :, self.reach :] + F.relu(self.norm(self.conv(padded)))


class SpeechNetwork(nn.Module):
    """Log-mel frames in, rows of logits out; row r knows nothing after frame 2 r + 1."""

    def __init__(self, channels: int = 128, dilations: tuple[int, ...] = (1, 2, 4, 8, 1, 2, 4)) -> None:
        super().__init__()
        self.channels = channels
        self.stem = nn.Conv1d(BANDS, channels, STEM_FRAMES, stride=FRAMES_PER_ROW, bias=False)
        self.stem_norm = nn.BatchNorm1d(channels)
        self.blocks = nn.ModuleList(_Block(channels, dilation) for dilation in dilations)
        self.head = nn.Conv1d(channels, OUTPUTS, 1)

    def forward(self, frames: Tensor) -> Tensor:
        """From `(batch, frames, 40)` to `(batch, frames / 2, 22)`; the past is zeros, as in a new stream."""
        scaled = F.pad(_scaled(frames), (STEM_FRAMES - FRAMES_PER_ROW, 0))
        rows = F.relu(self.stem_norm(self.stem(scaled)))
        for block in self.blocks:
            rows = block(F.pad(rows, (block.reach, 0)))
        return self.head(rows).transpose(1, 2)


class Step(nn.Module):
    """One row of a trained network: the memory of every layer is an input and an output."""

    def __init__(self, network: SpeechNetwork) -> None:
        super().__init__()
        self.network = network

    def memory(self) -> list[Tensor]:
        """The memory of a fresh stream."""
        reaches = [block.reach for block in self.network.blocks]
        stem = torch.zeros(1, BANDS, STEM_FRAMES - FRAMES_PER_ROW)
        return [stem, *(torch.zeros(1, self.network.channels, reach) for reach in reaches)]

    def forward(self, frames: Tensor, stem: Tensor, *memory: Tensor) -> tuple[Tensor, ...]:
        """From `(1, 2, 40)` and the memory to visemes `(15,)`, channels and voice `(7,)`, and the memory."""
        net = self.network
        padded = torch.cat([stem, _scaled(frames)], dim=2)
        after = [padded[:, :, FRAMES_PER_ROW:]]
        rows = F.relu(net.stem_norm(net.stem(padded)))
        for block, past in zip(net.blocks, memory, strict=True):
            padded = torch.cat([past, rows], dim=2)
            after.append(padded[:, :, 1:])
            rows = block(padded)
        logits = net.head(rows)[0, :, 0]
        visemes = torch.softmax(logits[: len(VISEMES)], dim=0)
        return visemes, torch.sigmoid(logits[len(VISEMES) :]), *after


def _scaled(frames: Tensor) -> Tensor:
    """Log-mel of about -13.8..10 brought near -1.9..4, band first."""
    return (frames.transpose(1, 2) + 6.0) / 4.0
