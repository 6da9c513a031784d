"""Search by meaning in the organisation's own documents (`CHASKI_DOCUMENTS_DIR`), for operators.

Decides that nothing is written by a machine: a passage is shown as it stands, with its file and
heading. Files are plain text or Markdown; they are read when the app starts, beside it, and again
when they change. Their vectors are kept in the data folder by the hash of each passage; what an
operator searches for is never kept.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import logging
import os
import re
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.vectors import passage_vector, read_vectors, rounded, vector, write_vectors
from bot.privacy import logs
from bot.text.folding import words

KINDS = frozenset({".txt", ".md"})
LONGEST_FILE = 4 * 1024 * 1024
LONGEST_PASSAGE = 450
"""Characters; a longer paragraph is cut at a sentence."""

MOST_PASSAGES = 6000
LOOK_SECONDS = 60.0
NICE = 15
MOST = 6
BY_WORDS = 0.05
"""What a word of the query that stands in a passage adds to its likeness, 0 to 1."""

_SECTION = re.compile(r"(\d+(?:\.\d+)+)\.?\s+(\D.{2,90})")
"""A section's heading: "3.3.2 Rutas para la atención". A list's item has one number only, and a
footnote's number no dot."""

_STEP = re.compile(r"\d+\.\s+([^\W\d_a-zà-ÿ][^a-zà-ÿ:.]{8,90})")
"""A step that is named in capitals: "2. SI LA PERSONA DECIDE …: …"; the rest is its text."""

_NONE: NDArray[np.float32] = np.zeros((0, 1), dtype=np.float32)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Passage:
    """A paragraph or two of a document, with where it stands."""

    file: str
    heading: str
    text: str


def split(text: str, file: str) -> list[Passage]:
    """The passages of a document under their headings."""
    found: list[Passage] = []
    section, heading, gathered = "", "", ""

    def finish() -> None:
        nonlocal gathered
        for part in _pieces(gathered):
            found.append(Passage(file, heading, part))
        gathered = ""

    def take(body: str) -> None:
        nonlocal gathered
        if body and len(gathered) + len(body) > LONGEST_PASSAGE:
            finish()
        gathered = f"{gathered}\n{body}".strip()

    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\f", "\n\n")):
        lines = [" ".join(line.split()) for line in block.splitlines() if line.strip()]
        for number, line in enumerate(lines):
            if numbered := _SECTION.fullmatch(line):
                take(" ".join(lines[:number]))
                finish()
                section = heading = f"{numbered.group(1)} {numbered.group(2)}"
                lines = lines[number + 1 :]
                break
        if lines and (name := _subheading(lines[0], alone=len(lines) == 1)):
            finish()
            heading = f"{section} · {name}" if section else name
            if len(lines) == 1 or lines[0].startswith("#"):
                lines.pop(0)
        take(" ".join(lines))
    finish()
    return found


def _subheading(line: str, *, alone: bool) -> str:
    """A heading without a section's number; empty where the line is none."""
    if line.startswith("#"):
        return line.lstrip("# ").strip()
    if step := _STEP.match(line):
        return step.group(1).strip().capitalize()
    letters = [sign for sign in line if sign.isalpha()]
    capitals = alone and line[0].isalpha() and len(line) <= 90 and line.upper() == line
    return line if capitals and len(letters) > max(3, len(line) // 2) else ""


def _pieces(text: str) -> list[str]:
    pieces = []
    while len(text) > LONGEST_PASSAGE:
        cut = max(text.rfind(end, 0, LONGEST_PASSAGE) for end in (". ", "; ", "\n", " "))
        cut = cut + 1 if cut > LONGEST_PASSAGE // 3 else LONGEST_PASSAGE
        pieces.append(text[:cut].strip())
        text = text[cut:].strip()
    return [*pieces, text] if len(words(text)) > 3 else pieces


class Passages:
    """The documents of one folder."""

    def __init__(self, folder: Path | None, data_dir: Path) -> None:
        self._folder = folder
        self._cache = data_dir / "documents.npz"
        self._index: tuple[list[Passage], NDArray[np.float32]] = ([], _NONE)
        self._stamp: tuple[tuple[str, int, int], ...] = ()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None
        self.ready = folder is None

    @property
    def on(self) -> bool:
        """Whether there is a folder."""
        return self._folder is not None

    def start(self) -> None:
        """Begin to read, beside the app."""
        if self._folder is not None:
            self._thread = threading.Thread(target=self._work, daemon=True, name="documents")
            self._thread.start()

    async def stop(self) -> None:
        """Stop reading."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    async def find(self, query: str) -> list[dict[str, str | float]]:
        """The passages that are nearest in meaning, best first."""
        if not self._index[0]:
            return []
        return await asyncio.get_running_loop().run_in_executor(None, self._find, query)

    def _find(self, query: str) -> list[dict[str, str | float]]:
        passages, vectors = self._index
        likeness = vectors @ vector(query)
        wanted = {word for word in words(query) if len(word) > 3}
        for number, passage in enumerate(passages):
            said = set(words(f"{passage.heading} {passage.text}"))
            likeness[number] += BY_WORDS * len(wanted & said)
        best = np.argsort(-likeness)[:MOST]
        return [
            {
                "file": passages[number].file,
                "heading": passages[number].heading,
                "text": passages[number].text,
                "likeness": round(float(likeness[number]), 3),
            }
            for number in best
        ]

    def _work(self) -> None:
        with suppress(OSError):  # whoever waits for an answer comes first
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        while not self._ending.is_set():
            try:
                self._look()
            except Exception as error:
                logs.failure(logger, "documents not read", error)
            self.ready = True
            self._ending.wait(LOOK_SECONDS)

    def _files(self) -> list[Path]:
        assert self._folder is not None  # noqa: S101 - `start` sees to it
        return sorted(
            path
            for path in self._folder.rglob("*")
            if path.suffix.lower() in KINDS and path.is_file()
        )

    def _look(self) -> None:
        files = self._files()
        stamp = tuple((str(one), one.stat().st_mtime_ns, one.stat().st_size) for one in files)
        if stamp == self._stamp:
            return
        assert self._folder is not None  # noqa: S101 - `start` sees to it
        passages: list[Passage] = []
        for path in files:
            if path.stat().st_size > LONGEST_FILE:
                logs.event(logger, logging.WARNING, "a document is too large")
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            passages += split(text, str(path.relative_to(self._folder)))
        if len(passages) > MOST_PASSAGES:
            logs.event(logger, logging.WARNING, "too many passages", count=len(passages))
            passages = passages[:MOST_PASSAGES]
        with self._cache.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # one process computes, the others take it from disk
            vectors = self._vectors_of(passages)
        if self._ending.is_set():
            return
        self._index = (passages, np.stack(vectors) if vectors else _NONE)
        self._stamp = stamp
        logs.event(logger, logging.INFO, "documents read", count=len(passages))

    def _vectors_of(self, passages: list[Passage]) -> list[NDArray[np.float32]]:
        known = read_vectors(self._cache)
        vectors: list[NDArray[np.float32]] = []
        made = 0
        for passage in passages:
            if self._ending.is_set():
                break
            text = f"{passage.heading}. {passage.text}" if passage.heading else passage.text
            name = hashlib.sha256(text.encode()).hexdigest()[:24]
            if name not in known:
                known[name] = rounded(passage_vector(text))
                made += 1
            whole = known[name].astype(np.float32)
            vectors.append(whole / max(float(np.linalg.norm(whole)), 1e-6))
        if made:
            write_vectors(self._cache, known)
        return vectors
