"""A process that answers does without TensorFlow."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.paths import ROOT
from bot.rasa_adapter.no_tensorflow import TensorFlowNeededError, _absent


def test_the_app_loads_nothing_of_the_real_one() -> None:
    code = (
        "import sys, bot.app; print([name for name in sys.modules if 'tensorflow.python' in name])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_stand_in_can_be_inherited_from_and_decorate() -> None:
    absent = _absent("keras")

    class Layer(absent.layers.Layer, dtype="float32"):  # type: ignore[name-defined,misc,call-arg]
        pass

    def read() -> str:
        return "as it was"

    assert issubclass(Layer, object)
    assert absent.function(read)() == "as it was"  # type: ignore[attr-defined]


def test_a_call_says_what_is_needed() -> None:
    with pytest.raises(TensorFlowNeededError, match=r"keras\.Model"):
        _absent("keras").Model(2)  # type: ignore[attr-defined]
