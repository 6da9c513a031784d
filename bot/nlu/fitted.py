"""What fitting a model gives: arrays and plain facts, kept without pickles.

Decides the form in which everything that is learnt is kept: scikit-learn's own pickles take seconds
to load, and a pickle runs code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from numpy.typing import NDArray

Arrays: TypeAlias = dict[str, NDArray[Any]]

Fitted: TypeAlias = tuple[Arrays, dict[str, Any]]
"""What is kept of a model: arrays, and facts that JSON can hold."""

FitJob: TypeAlias = Callable[[], dict[str, Fitted]]
"""Fits one model or several, by name; importable, since another process calls it."""
