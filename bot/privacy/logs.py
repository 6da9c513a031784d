"""Logs without content (law 1), whatever the level and whoever writes them.

Decides that only codes are ever logged. Our own loggers write an event name and fields from a
fixed list. A record of any other library is reduced to its logger, level and place in the code:
its message is never rendered, since Rasa and others format people's words into it. A traceback
carries the types of the exceptions and the lines of code, never messages or local variables.
`set_up` runs before Rasa is imported (structlog would print otherwise, at any level).
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
import warnings
from types import TracebackType
from typing import Any

FIELDS = frozenset(
    (
        "channel code count error intent kind language level milliseconds number path port "
        "reason seconds stage state status store topic urgency version"
    ).split()
)
"""Names of the fields that our own log lines may carry."""

_OURS = ("bot", "actions")


def event(logger: logging.Logger, level: int, name: str, **fields: str | int | float) -> None:
    """Log an event of ours.

    Args:
        logger: A logger of a module of ours.
        level: A level of `logging`.
        name: What happened, a fixed English phrase.
        **fields: Codes and figures; a name outside `FIELDS` is an error.
    """
    unknown = set(fields) - FIELDS
    if unknown:
        raise ValueError(f"Not a field of the log: {sorted(unknown)}")
    logger.log(level, name, extra={"chaski_fields": fields})


def failure(logger: logging.Logger, name: str, error: BaseException, **fields: str | int) -> None:
    """Log an error of ours: its type and where it was raised, never its message."""
    event(logger, logging.ERROR, f"{name}: {describe(error)}", **fields)


def describe(error: BaseException) -> str:
    """An exception as its type and code lines: "KeyError at answers.py:41 < respond.py:20"."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(
        f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119 - may be "<string>"
        for frame in reversed(frames[-6:])
    )
    cause = error.__cause__ or error.__context__
    tail = f", from {type(cause).__name__}" if cause is not None else ""
    return f"{type(error).__name__}{' at ' + where if where else ''}{tail}"


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        head = f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')} {record.levelname.lower():7}"
        if record.name.split(".")[0] not in _OURS:
            line = f"{head} {record.name} at {record.filename}:{record.lineno}"
        else:
            fields = getattr(record, "chaski_fields", {})
            tail = "".join(f" {key}={value}" for key, value in fields.items())
            line = f"{head} {record.name}: {str(record.msg) if not record.args else '…'}{tail}"
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        return f"{line} [{describe(error)}]" if error is not None else line


def set_up(level: str = "INFO") -> None:
    """Make every logger of this process write codes only, to standard error."""
    warnings.simplefilter("ignore")
    warnings.showwarning = _drop_warning  # Rasa puts text into warnings
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # A library's warning without its message helps nobody who did not ask for more
    root.setLevel("ERROR" if level == "INFO" else level)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    logging.raiseExceptions = False  # else a failed log call prints its arguments
    sys.excepthook = _print_type_only
    _silence_structlog()


def _drop_warning(*_arguments: Any, **_named: Any) -> None:
    pass


def _print_type_only(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    del kind, trace
    if isinstance(error, KeyboardInterrupt):
        return
    sys.stderr.write(f"stopped: {describe(error)}\n")


def _silence_structlog() -> None:
    import structlog

    def drop(*_arguments: Any) -> Any:
        raise structlog.DropEvent

    structlog.configure(processors=[drop], cache_logger_on_first_use=False)
