"""How large what enters each layer becomes, channel by channel: so that eight bits tell it apart.

Decides that the few channels which reach twenty times as far as the others are made smaller before
they are rounded, and their weights larger by the same factor (SmoothQuant: Xiao et al. 2023): with
one scale for all channels of a text, rounding cost a cosine of 0.003, with this 0.001.

The reaches stand in `reaches.npz`, made from training examples by `python -m
bot.nlu.encoder.balance`. They are the weights' own and change only when those do; then
`bot.nlu.encoder.graph.VERSION` changes too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from bot.nlu.encoder.tokens import Tokenizer
from bot.nlu.encoder.weights import Weights, unpacked, weights

FILE = Path(__file__).with_name("reaches.npz")

TOWARDS_WEIGHTS = 0.7
"""How much of a channel's reach goes over to its weights, 0 to 1; best of 0.3, 0.5, 0.7, 0.8."""

SMALLEST_REACH, SMALLEST_WEIGHT = 1e-3, 1e-4

EXAMPLES = 200
TOKENS = 64

Floats: TypeAlias = NDArray[np.float32]


@lru_cache(maxsize=1)
def reaches() -> Mapping[str, Floats]:
    """What enters each layer reaches at most, by the layer's name, one number a channel."""
    with np.load(FILE) as stored:
        return {name: stored[name].astype(np.float32) for name in stored}


def factors(reach: Floats, whole: Floats) -> Floats:
    """By what each channel is divided before it is rounded, and its weights multiplied.

    Args:
        reach: Of what enters, one number a channel.
        whole: The weights, channels × outputs.
    """
    largest = np.maximum(np.abs(whole).max(axis=1), SMALLEST_WEIGHT)
    entered = np.maximum(reach, SMALLEST_REACH)
    found = entered**TOWARDS_WEIGHTS / largest ** (1 - TOWARDS_WEIGHTS)
    balanced: Floats = (found / np.exp(np.log(found).mean())).astype(np.float32)
    return balanced


class Plain:
    """The network computed as it is written down, without rounding: to measure and to compare."""

    def __init__(self, source: Weights) -> None:
        self._source, self._shape = source, source.shape
        self._tokenizer = Tokenizer(source.vocabulary)
        self.reach: dict[str, Floats] = {}

    def vector(self, text: str) -> Floats:
        """The vector of a text, of length one; notes what each layer's inputs reach."""
        width = self._shape.width
        numbers = self._tokenizer.numbers(text, TOKENS)
        places = self._source.floats("emb.pos").reshape(-1, width)[: len(numbers)]
        words = unpacked(self._source.blocks("emb.word", width)[numbers])
        kind = self._source.floats("emb.type").reshape(-1, width)[0]
        state = self._normalised(words + places + kind, "emb.ln")
        for number in range(self._shape.layers):
            state = self._layer(state, f"l{number}")
        mean = state.mean(axis=0)
        found: Floats = mean / np.linalg.norm(mean)
        return found

    def _layer(self, state: Floats, layer: str) -> Floats:
        heads = self._shape.heads

        def of(part: str) -> Floats:
            found = self._linear(state, f"{layer}.{part}", f"{layer}.attention")
            parted: Floats = found.reshape(len(state), heads, -1).transpose(1, 0, 2)
            return parted

        alike = of("q") @ of("k").transpose(0, 2, 1) / np.sqrt(self._shape.width // heads)
        powers = np.exp(alike - alike.max(axis=-1, keepdims=True))
        mixed = (powers / powers.sum(axis=-1, keepdims=True)) @ of("v")
        joined = mixed.transpose(1, 0, 2).reshape(len(state), -1)
        state = self._normalised(state + self._linear(joined, f"{layer}.ao"), f"{layer}.aln")
        inner = self._linear(state, f"{layer}.fi")
        bent = inner * 0.5 * (1 + erf(inner / np.sqrt(2)))
        return self._normalised(state + self._linear(bent, f"{layer}.fo"), f"{layer}.oln")

    def _linear(self, entered: Floats, layer: str, name: str = "") -> Floats:
        seen = np.abs(entered).max(axis=0)
        before = self.reach.get(name or layer)
        self.reach[name or layer] = seen if before is None else np.maximum(seen, before)
        rows = unpacked(self._source.blocks(f"{layer}.w", entered.shape[1]))
        found: Floats = entered @ rows.T + self._source.floats(f"{layer}.b")
        return found

    def _normalised(self, entered: Floats, layer: str) -> Floats:
        middle = entered.mean(axis=1, keepdims=True)
        spread = np.sqrt(entered.var(axis=1, keepdims=True) + self._shape.epsilon)
        scaled = (entered - middle) / spread * self._source.floats(f"{layer}.w")
        found: Floats = scaled + self._source.floats(f"{layer}.b")
        return found


def write(texts: Sequence[str]) -> None:
    """Measure what each layer's inputs reach on some texts, and write the file."""
    plain = Plain(weights())
    for text in texts:
        plain.vector(f"query: {text}")
    np.savez_compressed(FILE, **{name: one.astype(np.float16) for name, one in plain.reach.items()})


if __name__ == "__main__":
    from bot.nlu.corpus import corpus

    examples = [example.text for example in corpus()]
    write(examples[:: len(examples) // EXAMPLES])
