"""Where the project lies: the folders that code, data and models are found in."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The project's folder: `data/`, `models/`, `config.yml` lie here."""
