"""Names under which one process tells the others that something changed; never words."""

from __future__ import annotations

CHANNEL = "signals"
"""Of Redis' publish and subscribe: topics only."""

DESK = "desk"
"""Topic of every change that the desk shows."""

OUTBOX = "outbox"
"""Topic of messages that wait to be posted."""
