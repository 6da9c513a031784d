"""Training the assistant when its data changed, with progress for whoever waits.

Decides when a model is stale: a digest of everything that it learns from, and of the code that
learns, is kept beside it; and that one whose archive is damaged is trained again. The training is
Rasa's own (`rasa train` gives the same model).
"""

from __future__ import annotations

import gzip
import hashlib
import sys
import tarfile
import time
import zlib
from pathlib import Path

from bot.paths import ROOT

MODEL_NAME = "chaski"

LEARNT_FROM = (
    "config.yml",
    "domain.yml",
    "data/nlu",
    "data/rules",
    "data/urgency",
    "data/follow_up",
    "bot/nlu",
    "bot/rasa_adapter/component.py",
    "bot/rasa_adapter/components",
    "bot/text",
)
"""Files and folders, from the project's root."""


def digest(root: Path = ROOT) -> str:
    """A digest of everything that a model is made from."""
    found = hashlib.sha256()
    for name in LEARNT_FROM:
        path = root / name
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        for file in files:
            if file.suffix in {".yml", ".py"}:
                found.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


def is_current(model_dir: Path) -> bool:
    """Whether the folder holds a model of the present data."""
    note = model_dir / f"{MODEL_NAME}.digest"
    model = model_dir / f"{MODEL_NAME}.tar.gz"
    if not (model.exists() and note.exists() and note.read_bytes() == digest().encode()):
        return False
    if not is_whole(model):
        _say(f"{model} is damaged: it is trained again.")
        return False
    return True


def is_whole(model: Path) -> bool:
    """Whether an archive can be read to its end; its check sum is at it."""
    try:
        with tarfile.open(model, "r:gz") as archive:
            names = archive.getnames()
        with gzip.open(model) as content:
            while content.read(1 << 20):
                pass
    except (OSError, EOFError, zlib.error, tarfile.TarError):
        return False
    return bool(names)


def train(model_dir: Path) -> float:
    """Train a model.

    Args:
        model_dir: Where it goes.

    Returns:
        Seconds that it took.

    Raises:
        RuntimeError: Rasa made no model.
    """
    import rasa

    from bot.rasa_adapter import learning

    started = time.monotonic()
    _say("Training the assistant: the first time takes some minutes, later ones less than one.")
    model_dir.mkdir(parents=True, exist_ok=True)
    current = digest()
    learning.begin()  # beside Rasa's reading of its files
    result = rasa.train(
        domain=str(ROOT / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=[str(ROOT / "data" / "nlu"), str(ROOT / "data" / "rules")],
        output=str(model_dir),
        fixed_model_name=MODEL_NAME,
        force_training=True,
    )
    if result.code != 0 or not result.model:
        raise RuntimeError("Rasa made no model.")
    (model_dir / f"{MODEL_NAME}.digest").write_text(current, encoding="ascii")
    seconds = time.monotonic() - started
    _say(f"Trained in {seconds:.0f} s.")
    return seconds


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
