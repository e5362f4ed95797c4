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
    """One row of a trained network, with its memory as inputs and outputs.

    A causal convolution that is asked for one row only is a product of the rows that its taps fall on with a
    matrix, and its normalisation can be folded into that matrix: three times faster than a convolution here.
    """

    def __init__(self, network: SpeechNetwork) -> None:
        super().__init__()
        self.channels = network.channels
        self.reaches = [block.reach for block in network.blocks]
        stem = _folded(network.stem, network.stem_norm)
        blocks = [_folded(block.conv, block.norm) for block in network.blocks]
        head = (network.head.weight[:, :, 0].T.detach(), network.head.bias.detach())
        self.layers = nn.ParameterList(tensor for layer in (stem, *blocks, head) for tensor in layer)

    def memory(self) -> tuple[Tensor, Tensor]:
        """The memory of a new stream: frames before the stem, rows before each block one after another."""
        return torch.zeros(STEM_FRAMES - FRAMES_PER_ROW, BANDS), torch.zeros(sum(self.reaches), self.channels)

    def forward(self, frames: Tensor, frames_before: Tensor, rows_before: Tensor) -> tuple[Tensor, ...]:
        """From `(1, 2, 40)` and the memory to an answer and the memory.

        The answer is visemes `(15,)`, channels and voice `(7,)`, and the rows that the stem and the last
        block gave, side by side: the lips are also read off these.
        """
        scaled = (frames[0] + 6.0) / 4.0
        row = first = F.relu(self._layer(0, torch.cat([frames_before, scaled]).reshape(1, -1)))
        after, at = [], 0
        for index, reach in enumerate(self.reaches):
            past = rows_before[at : at + reach]
            taps = torch.cat([past[:1], past[reach // 2 : reach // 2 + 1], row], dim=1)
            after += [past[1:], row]
            row = row + F.relu(self._layer(1 + index, taps))
            at += reach
        inner = torch.cat([first, row], dim=1)[0]
        logits = self._layer(1 + len(self.reaches), row)[0]
        visemes = torch.softmax(logits[: len(VISEMES)], dim=0)
        return visemes, torch.sigmoid(logits[len(VISEMES) :]), inner, scaled, torch.cat(after)

    def _layer(self, index: int, taps: Tensor) -> Tensor:
        return torch.addmm(self.layers[2 * index + 1], taps, self.layers[2 * index])


def _folded(conv: nn.Conv1d, norm: nn.BatchNorm1d) -> tuple[Tensor, Tensor]:
    """A convolution and its normalisation as a matrix `(taps * inputs, outputs)` and an offset."""
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    matrix = (conv.weight * scale[:, None, None]).permute(2, 1, 0).flatten(0, 1)
    return matrix.detach().contiguous(), (norm.bias - norm.running_mean * scale).detach()


def _scaled(frames: Tensor) -> Tensor:
    """Log-mel of about -13.8..10 brought near -1.9..4, band first."""
    return (frames.transpose(1, 2) + 6.0) / 4.0
