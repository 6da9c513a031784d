"""The command line, and Rasa's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.forked import command

BIN = Path(sys.executable).parent


def test_parse_reads_lines_and_writes_codes(tmp_path: Path) -> None:
    messages = [
        "donde puedo denunciar sin dar mi nombre",
        "estoy encerrada no me dejan salir",
        "cem en juliaca",
        "san juan",
        "/restart",
        "",
    ]
    done = command(
        "parse",
        "--jsonl",
        text="\n".join(json.dumps({"text": text}) for text in messages) + "\n",
        CHASKI_DATA_DIR=str(tmp_path),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(messages)
    assert set(rows[0]) == {
        "language",
        "intent",
        "confidence",
        "urgency",
        "cues",
        "is_account",
        "place",
    }
    assert rows[0]["intent"] == "report_anonymously"
    assert rows[1]["urgency"] == "urgent"
    assert "confinement" in rows[1]["cues"]
    assert rows[2]["place"]["ubigeo"] == "211101"
    assert rows[2]["place"]["province"] == "San Román"
    assert len(rows[3]["place"]["candidates"]) > 1
    assert rows[3]["place"]["ubigeo"] is None


def test_parse_says_which_line_it_cannot_read_and_goes_on(tmp_path: Path) -> None:
    done = command(
        "parse", "--jsonl", text='nonsense\n{"text": "hola"}\n', CHASKI_DATA_DIR=str(tmp_path)
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert "error" in rows[0]
    assert rows[1]["intent"] == "greet"
    assert done.returncode == 1


def test_check_is_clean() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHASKI_PORT", "eighty"),
        ("CHASKI_PORT", "70000"),
        ("CHASKI_LOG_LEVEL", "LOUD"),
        ("CHASKI_PUBLIC_URL", "chaski.example.org"),
        ("CHASKI_REDIS_URL", "localhost:6379"),
        ("CHASKI_DATA_DIR", "/proc/nowhere"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(name: str, value: str) -> None:
    done = command("check", **{name: value})
    assert done.returncode == 2
    assert name in done.stderr


@pytest.mark.proof
def test_rasas_own_commands_work_on_the_project() -> None:
    environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    validated = subprocess.run(
        [BIN / "rasa", "data", "validate", "--data", "data/nlu", "data/rules"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert validated.returncode == 0, validated.stderr[-2000:]
    shell = subprocess.run(
        [BIN / "rasa", "shell", "nlu", "--model", "models/chaski.tar.gz"],
        cwd=ROOT,
        env=environment,
        input="donde denuncio sin dar mi nombre\n/stop\n",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert '"report_anonymously"' in shell.stdout, shell.stderr[-2000:]
