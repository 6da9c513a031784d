"""Whole numbers that strangers send: read without surprises.

Decides that only the digits 0 to 9 make a number: `str.isdigit` is also true of "²" and of the
digits of other scripts, which `int` refuses or takes; and that a number has a length, since one
of many thousand digits is an error of `int` or a long calculation.
"""

from __future__ import annotations

LONGEST_NUMBER = 18
"""Digits; no length, count or code that anybody sends rightly has more."""


def whole_number(text: str) -> int | None:
    """The number that a text is.

    Args:
        text: As it came.

    Returns:
        None where it is none, or has more than `LONGEST_NUMBER` digits.
    """
    if len(text) > LONGEST_NUMBER or not (text.isascii() and text.isdigit()):
        return None
    return int(text)
