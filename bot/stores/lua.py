"""Lua scripts, which Redis runs in one step, read from `.lua` files beside the code that asks them.

Decides that a script is made of whole files, one after the other: what several scripts need is a
function in a file of its own.
"""

from __future__ import annotations

from pathlib import Path

from bot.stores.store import Script, Store


def script(redis: Store, folder: Path, *names: str) -> Script:
    """A script that can be called with `keys` and `args`.

    Args:
        redis: The client that runs it.
        folder: Where its files lie.
        *names: Of the files without their ending, in order.
    """
    parts = [(folder / f"{name}.lua").read_text(encoding="utf-8") for name in names]
    return redis.register_script("\n".join(parts))
