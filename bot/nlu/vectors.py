"""Sentence vectors from multilingual-e5-small (`bot.nlu.encoder`).

Decides how much of a text is read (a bound on the work, whatever is written), and keeps the vectors
of training examples on disk. People's messages are never cached.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.nlu.encoder.session import NAME, encoder
from bot.paths import ROOT

DIMENSIONS = 384
TOKEN_LIMIT = 64
"""Word pieces read of one text: about 51 Spanish words, 18 Quechua ones."""

WINDOW = 260
"""Characters of one reading: 64 tokens are rarely more. What is longer is read at its end too."""

LONGEST_CUT = 2 * WINDOW
"""Characters that are cut into pieces: 64 pieces are rarely more, 200 of a passage never are."""

SHIPPED = ROOT / "data" / "vectors.npz"
"""Vectors of the training examples as released, so that a first start takes one minute and not
seven; an example that is not among them is read anew. Made by `make vectors`."""

CACHE = ROOT / "models" / "vectors.npz"
"""Vectors of examples that are newer than those."""

Vector: TypeAlias = NDArray[np.float32]


def vector(text: str) -> Vector:
    """The vector of one text's head, of length one.

    Args:
        text: Any text, also empty.

    Returns:
        `DIMENSIONS` numbers.
    """
    return _read(f"query: {text[:LONGEST_CUT] or ' '}", TOKEN_LIMIT)


LONGEST_PASSAGE = 200
"""Word pieces read of a passage of a document: it is read once, not in somebody's turn."""


def passage_vector(text: str) -> Vector:
    """The vector of a passage that is searched for, of length one."""
    return _read(f"passage: {text[:LONGEST_CUT] or ' '}", LONGEST_PASSAGE)


def _read(text: str, limit: int) -> Vector:
    return encoder().vector(encoder().numbers(text, limit))


def vectors_of_examples(
    texts: Sequence[str],
    progress: Callable[[int, int], None] = lambda done, total: None,
    cache: Path = CACHE,
    shipped: Path = SHIPPED,
) -> NDArray[np.float32]:
    """The vectors of training examples, from disk where they are known.

    Args:
        texts: Examples; repeated ones cost nothing.
        progress: Called now and then with how many of how many new ones are done.
        cache: The file for new ones; made where missing, replaced where damaged.
        shipped: The file of those that came with the project; only read.

    Returns:
        An array of len(texts) × `DIMENSIONS`.
    """
    known = read_vectors(shipped)
    newer = read_vectors(cache)
    known |= newer
    keys = [_key(text) for text in texts]
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if missing:
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            made = pool.map(vector, missing.values(), chunksize=8)
            for done, (key, value) in enumerate(zip(missing, made, strict=True), start=1):
                known[key] = newer[key] = rounded(value)
                if done % 500 == 0 or done == len(missing):
                    progress(done, len(missing))
        write_vectors(cache, newer)
    # Rounded for all, from disk or new: the same data train to the same model
    whole = np.stack([known[key] for key in keys]).astype(np.float32)
    lengths: NDArray[np.float32] = np.linalg.norm(whole, axis=1, keepdims=True)
    return whole / np.maximum(lengths, 1e-6)


def ship(
    texts: Sequence[str],
    progress: Callable[[int, int], None] = lambda done, total: None,
    path: Path = SHIPPED,
) -> None:
    """Write the vectors of exactly these examples for the next release."""
    vectors_of_examples(texts, progress)
    known = read_vectors(path) | read_vectors(CACHE)
    write_vectors(path, {key: known[key] for key in sorted({_key(text) for text in texts})})


def rounded(exact: Vector) -> NDArray[np.int8]:
    """A vector in a quarter of its size; its direction is what counts."""
    scale = 127.0 / float(np.abs(exact).max() or 1.0)
    small: NDArray[np.int8] = np.round(exact * scale).astype(np.int8)
    return small


def read_vectors(path: Path) -> dict[str, NDArray[np.int8]]:
    """Vectors by key; none where the file is missing, damaged or of another engine."""
    try:
        with np.load(path) as stored:
            if str(stored["version"]) != _version():
                return {}
            return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except (OSError, KeyError, ValueError):
        return {}


def write_vectors(path: Path, known: dict[str, NDArray[np.int8]]) -> None:
    """Replace a file of vectors at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(
        partial,
        version=_version(),
        keys=np.array(list(known)),
        vectors=np.stack(list(known.values())),
    )
    partial.replace(path)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _version() -> str:
    return f"{NAME}, {TOKEN_LIMIT} tokens, query"
