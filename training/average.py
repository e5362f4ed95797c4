"""The mean of networks that were trained on from one network."""

from collections.abc import Sequence

import torch

from training.network import SpeechNetwork


def average(networks: Sequence[SpeechNetwork]) -> SpeechNetwork:
    """A network of the mean of all weights.

    Networks that began as one network and moved little lie in one valley of the loss. Their mean lies deeper
    in it than each of them, as the directions in which they erred differ.

    Args:
        networks: At least one, of one size.
    """
    states = [network.state_dict() for network in networks]
    mean = {
        name: torch.stack([state[name].double() for state in states]).mean(dim=0).to(weights.dtype)
        for name, weights in states[0].items()
    }
    averaged = SpeechNetwork(networks[0].channels)
    averaged.load_state_dict(mean)
    return averaged.eval()
