"""The long form of `tests/unit/test_encoder.py`: every Unicode code point there is."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from bot.nlu.encoder.session import encoder
from bot.nlu.encoder.weights import weights
from bot.nlu.vectors import DIMENSIONS, LONGEST_CUT, TOKEN_LIMIT, vector

PLANES = range(0, sys.maxunicode + 1, 0x10000)

LONGEST_MESSAGE = 16_000
EVERY = 487
"""Of so many code points one is read whole, to its vector."""


@pytest.mark.parametrize("plane", PLANES, ids=hex)
def test_every_code_point_is_cut_alone_and_many_times(plane: int) -> None:
    count = len(weights().vocabulary.pieces)
    for code in range(plane, plane + 0x10000):
        for times in (1, 10, 260):
            numbers = encoder().numbers(f"query: {chr(code) * times}"[:LONGEST_CUT], TOKEN_LIMIT)
            assert 2 <= len(numbers) <= TOKEN_LIMIT, hex(code)
            assert max(numbers) < count, hex(code)


def test_code_points_of_all_planes_are_read_in_a_whole_message() -> None:
    for code in range(0, sys.maxunicode + 1, EVERY):
        assert vector(chr(code) * LONGEST_MESSAGE).shape == (DIMENSIONS,), hex(code)


def test_marks_of_every_combining_class_are_read_in_every_order() -> None:
    by_class: dict[int, str] = {}
    for code in range(sys.maxunicode + 1):
        by_class.setdefault(unicodedata.combining(chr(code)), chr(code))
    marks = [sign for number, sign in sorted(by_class.items()) if number]
    for first in marks:
        for second in marks:
            text = unicodedata.normalize("NFC", f"e{first}{second}" * 200)
            assert vector(text).shape == (DIMENSIONS,), (hex(ord(first)), hex(ord(second)))
