"""The widget's script: the modules of `client/` as one file, its hash, its compressed form.

Decides that one file goes over the wire: on a slow network every further module is another wait,
and a page's integrity hash covers only the file that it names. There is no build step: the modules
are joined as they are when the app starts. Decides also that a version which was ever served stays
served under its hash, from the data folder: a page that pins it goes on working after an update.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

CLIENT = Path(__file__).parent / "client"
ENTRY = "widget.js"

_IMPORT = re.compile(r'^import \{[^}]*\} from "\./(\w+\.js)";\n', re.M)
_COMMENT = re.compile(r"^ *(?:/\*.*?\*/|//[^\n]*)\n", re.M | re.S)
_DIGEST = re.compile(r"[0-9a-f]{32}")
HEAD = "/* Chaski's widget. Readable source: bot/widget/client/ of the project. Apache-2.0. */\n"


@dataclass(frozen=True)
class Script:
    """One version of the script.

    Attributes:
        content: As a browser reads it.
        compressed: As it is sent (gzip).
    """

    content: bytes
    compressed: bytes

    @property
    def digest(self) -> str:
        """Its name in an address."""
        return hashlib.sha256(self.content).hexdigest()[:32]

    @property
    def integrity(self) -> str:
        """For a tag's `integrity` (SRI)."""
        return "sha384-" + base64.b64encode(hashlib.sha384(self.content).digest()).decode()


def joined(folder: Path = CLIENT, entry: str = ENTRY) -> str:
    """The modules in one, each after those that it imports.

    Comments of whole lines stay behind: people pay for each byte.

    Raises:
        ValueError: A module imports or exports in a form that is not foreseen here.
    """
    parts: dict[str, str] = {}

    def add(name: str) -> None:
        if name in parts:
            return
        source = (folder / name).read_text(encoding="utf-8")
        parts[name] = ""  # a circle ends here
        for wanted in _IMPORT.findall(source):
            add(wanted)
        body = re.sub(r"^export (?=const|function|class)", "", _IMPORT.sub("", source), flags=re.M)
        if re.search(r"^(?:import|export)\b", body, re.M):
            raise ValueError(f"{name}: only `import {{ … }} from` and `export` of a declaration")
        del parts[name]
        parts[name] = _COMMENT.sub("", body)

    add(entry)
    return HEAD + "".join(parts.values())


@lru_cache(maxsize=1)
def current() -> Script:
    """The script of this version."""
    return _script(joined().encode())


def keep(data_dir: Path) -> None:
    """Keep this version in the data folder, so that a later one still serves it."""
    script = current()
    path = _path(data_dir, script.digest)
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(script.content)
    fresh.replace(path)


def version(data_dir: Path, digest: str) -> Script | None:
    """The script of a hash: this version, or an earlier one; None where it was never served."""
    if digest == current().digest:
        return current()
    if not _DIGEST.fullmatch(digest):
        return None
    return _earlier(_path(data_dir, digest), digest)


@lru_cache(maxsize=16)
def _earlier(path: Path, digest: str) -> Script | None:
    if not path.is_file():
        return None
    found = _script(path.read_bytes())
    return found if found.digest == digest else None


def _script(content: bytes) -> Script:
    return Script(content, gzip.compress(content, 9, mtime=0))


def _path(data_dir: Path, digest: str) -> Path:
    return data_dir / "widget" / f"{digest}.js"
