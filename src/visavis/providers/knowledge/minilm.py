"""The embedding model all-MiniLM-L6-v2: what English texts mean, on one thread."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from tokenizers import Tokenizer

from visavis.engine.onnx import open_model

MODEL: Final = "minilm"
_MAX_TOKENS: Final = 256  # as it was trained
_AT_ONCE: Final = 16


class MiniLm:
    """Embeds texts; see `visavis.ports.knowledge.Embedder`."""

    def __init__(self, folder: Path) -> None:
        """Load the model.

        Args:
            folder: Folder with `model.onnx` and `tokenizer.json`.
        """
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._tokenizer.enable_padding()
        self._model = open_model(folder / "model.onnx")
        self._inputs = {each.name for each in self._model.get_inputs()}

    def embed(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """Embed texts; see `Embedder`. Texts of a similar length are embedded together."""
        found: list[tuple[float, ...]] = [()] * len(texts)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), _AT_ONCE):
            chosen = order[start : start + _AT_ONCE]
            for index, vector in zip(chosen, self._batch([texts[each] for each in chosen]), strict=True):
                found[index] = vector
        return found

    def _batch(self, texts: list[str]) -> list[tuple[float, ...]]:
        read = self._tokenizer.encode_batch(texts)
        mask = np.array([each.attention_mask for each in read], np.int64)
        given = {
            "input_ids": np.array([each.ids for each in read], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        (tokens, *_) = self._model.run(None, {name: given[name] for name in self._inputs})
        if tokens.ndim == 3:  # a vector for each token: their mean is the text's
            tokens = (tokens * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        vectors = tokens / np.linalg.norm(tokens, axis=1, keepdims=True)
        return [tuple(vector) for vector in vectors.round(5).tolist()]
