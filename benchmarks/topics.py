"""Whether answering costs more with all topics than with a third of them.

Run as `python -m benchmarks.topics` on an idle machine. The project is copied, two thirds of its
informative topics are taken out of the copy's training data and rules, and both are trained and
served; the same messages and menu choices are sent to each in turn.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import yaml

from bot.paths import ROOT
from bot.text.languages import LANGUAGES

MESSAGES = 150
COPIED = ("actions", "bot", "data", "config.yml", "domain.yml", "endpoints.yml", "docker")


QUESTIONS = {
    "donde puedo denunciar": "report_where",
    "tengo miedo de denunciar": "report_fear",
    "cem en juliaca": "find_cem",
    "a free lawyer please": "free_lawyer",
    "je cherche un abri": "shelter",
    "ki òganizasyon ki ka ede m": "ngo_help",
    "onde fica o cem": "find_cem",
    "gracias": "thank",
}
"""What is asked, and the topic of each, which stays."""

BESIDE = "conversation"
"""File of topics that no assistant is without: greetings, the menu, a person."""


def third(folder: Path) -> tuple[int, int]:
    """Take topics out of a copy of the project until a third is left; how many of how many."""
    files = [
        (path, yaml.safe_load(path.read_text(encoding="utf-8")))
        for language in LANGUAGES
        for path in sorted((folder / "data" / "nlu" / language).glob("*.yml"))
    ]
    beside = {
        block["intent"] for path, rows in files if path.stem == BESIDE for block in rows["nlu"]
    }
    topics = sorted({block["intent"] for _, rows in files for block in rows["nlu"]} - beside)
    asked = [topic for topic in topics if topic in QUESTIONS.values()]
    others = [topic for topic in topics if topic not in QUESTIONS.values()]
    left = {*asked, *others[: len(topics) // 3 - len(asked)]}
    gone = set(topics) - left
    for path, rows in files:
        rows["nlu"] = [block for block in rows["nlu"] if block["intent"] not in gone]
        if rows["nlu"]:
            path.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
        else:
            path.unlink()
    domain = (folder / "domain.yml").read_text(encoding="utf-8")
    for name in gone:
        domain = re.sub(rf"(?m)^  - {name}: .*\n", "", domain)
    (folder / "domain.yml").write_text(domain, encoding="utf-8")
    for path in (folder / "data" / "rules").glob("*.yml"):
        rules = path.read_text(encoding="utf-8")
        for name in gone:
            rules = re.sub(rf"(?m)^ +- intent: {name}\n", "", rules)
        path.write_text(rules, encoding="utf-8")
    return len(left), len(topics)


def serve(folder: Path, data_dir: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start an app of a folder; its process and address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    settings = {
        "CHASKI_PORT": str(port),
        "CHASKI_DATA_DIR": str(data_dir),
        "CHASKI_ADDRESS_PER_MINUTE": "1000000",
        "CHASKI_CONVERSATION_PER_MINUTE": "1000000",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"],
        cwd=folder,
        env={**os.environ, **settings},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(1200):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=1):  # noqa: S310 - our own
                return process, address
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("the app does not start")


def post(address: str, path: str, token: str, body: dict[str, str]) -> dict[str, object]:
    """One call of the web channel."""
    request = urllib.request.Request(  # noqa: S310 - our own address
        f"{address}/webhooks/web/{path}",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
        found: dict[str, object] = json.loads(answer.read())
        return found


def measure(address: str) -> dict[str, list[float]]:
    """Milliseconds of free-text turns and of choices."""
    session = post(address, "sessions", "", {"language": "es"})
    token = str(session["token"])
    times: dict[str, list[float]] = {"free text": [], "choice": []}
    texts = list(QUESTIONS)
    for number in range(MESSAGES):
        started = time.perf_counter()
        post(address, "messages", token, {"text": texts[number % len(texts)]})
        times["free text"].append(1000 * (time.perf_counter() - started))
        answer = post(address, "messages", token, {"text": "menú"})
        choice = answer["replies"][-1]["choices"][0]["id"]  # type: ignore[index]
        started = time.perf_counter()
        post(address, "messages", token, {"choice": choice})
        times["choice"].append(1000 * (time.perf_counter() - started))
    return times


def main() -> None:
    """Copy, train, serve, measure, print."""
    with tempfile.TemporaryDirectory() as place:
        small = Path(place) / "third"
        small.mkdir()
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, small / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, small / name)
        left, of = third(small)
        for name, folder in (("a third of the topics", small), ("all topics", ROOT)):
            process, address = serve(folder, Path(place) / f"var-{folder.name}")
            try:
                measure(address)  # warm
                times = measure(address)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=30)
            for kind, taken in times.items():
                p99 = statistics.quantiles(taken, n=100)[98]
                print(f"{name:24} {kind:10} p50 {statistics.median(taken):6.1f} p99 {p99:6.1f} ms")
        print(f"topics left in the third: {left} of {of}, and those of {BESIDE}.yml")


if __name__ == "__main__":
    main()
