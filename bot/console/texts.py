"""The words of the desk's pages, in Spanish and English: `texts.yml`, labels of other lists."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from bot.nlu.categories import categories
from bot.turn import CHANNELS

UI_LANGUAGES = ("es", "en")


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, str]]:
    path = Path(__file__).parent / "texts.yml"
    found: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=4)
def texts(language: str) -> dict[str, str]:
    """Every text by its name."""
    code = language if language in UI_LANGUAGES else UI_LANGUAGES[0]
    return {
        **{name: both[code] for name, both in _all().items()},
        **{f"cue_{one.name}": one.label[code] for one in categories()},
        **{f"channel_{name}": one.label[code] for name, one in CHANNELS.items()},
    }
