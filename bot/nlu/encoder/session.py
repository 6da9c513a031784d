"""A text's vector: its pieces, their embeddings, the network.

Decides that the network runs by onnxruntime on the thread that asks, one thread a vector (two
readers are on two cores; see `bot.rasa_adapter.assistant`), that its file is written once and kept
beside the model, and that a file which is missing or damaged is written anew.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.nlu.encoder import graph
from bot.nlu.encoder.tokens import Tokenizer
from bot.nlu.encoder.weights import PACKAGE, Weights, unpacked, weights
from bot.paths import ROOT
from bot.privacy import logs

FOLDER = ROOT / "models"

NAME = f"e5-small {version(PACKAGE)}, 8 bits, {graph.VERSION}"
"""Of this encoder: vectors of another one are not compared with its own."""

logger = logging.getLogger(__name__)


class Encoder:
    """The network, its embeddings and its tokenizer."""

    def __init__(self, source: Weights, network: Any) -> None:
        width = source.shape.width
        self._tokenizer = Tokenizer(source.vocabulary)
        self._words = source.blocks("emb.word", width)
        kind = source.floats("emb.type").reshape(-1, width)[0]
        self._places = source.floats("emb.pos").reshape(-1, width) + kind
        self._network = network

    def numbers(self, text: str, limit: int) -> list[int]:
        """The numbers of a text's pieces, at most so many."""
        return self._tokenizer.numbers(text, limit)

    def vector(self, numbers: list[int]) -> NDArray[np.float32]:
        """The vector of a text from the numbers of its pieces, of length one."""
        embedded = unpacked(self._words[numbers]) + self._places[: len(numbers)]
        (found,) = self._network.run([graph.OUTPUT], {graph.INPUT: embedded})
        vector: NDArray[np.float32] = found / max(float(np.linalg.norm(found)), 1e-12)
        return vector


@lru_cache(maxsize=1)
def encoder() -> Encoder:
    """The encoder of this process.

    Raises:
        bot.nlu.encoder.weights.WeightsError: The weights cannot be read.
    """
    return Encoder(weights(), network(FOLDER))


def network(folder: Path) -> Any:
    """The network, from the folder's file or written anew.

    Args:
        folder: Where the file is kept; one that cannot be written costs a second at each start.
    """
    file = folder / f"{NAME.replace(' ', '-').replace(',', '')}.onnx"
    if file.exists():
        try:
            return _session(file.read_bytes())
        except Exception as error:
            logs.failure(logger, "the encoder's file is damaged: writing it anew", error)
    content = graph.write(weights())
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(f".{os.getpid()}.partial")
        partial.write_bytes(content)
        partial.replace(file)
    return _session(content)


def _session(content: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # it would write to the error stream by itself
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
