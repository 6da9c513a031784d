"""`python -m bot …`: run, doctor, train, parse, answers, check, eval, operators, sites.

Decides what an administrator types and sees. Logging is set up before anything imports Rasa.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.directory.tables import TableError
from bot.nlu.cue import CueError
from bot.privacy import logs
from bot.settings import Settings, SettingsError
from bot.text.lexicon import LexiconError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: Those of the process where None.

    Returns:
        The exit status: 0, or 1 where something is wrong, 2 where the call itself is.
    """
    options = _parser().parse_args(arguments)
    if getattr(options, "reads_settings", False):  # it tells what is wrong with them itself
        return _doctor()
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    logs.set_up(settings.log_level)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    try:
        status: int = options.command(options, settings)
    except (
        TableError,
        CueError,
        LexiconError,
    ) as error:  # about our own files: the message is safe to show
        print(error, file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, function: object, summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary)
        added.set_defaults(command=function)
        return added

    command("run", _run, "train if the data changed, start the store, serve")
    doctor = command("doctor", _doctor, "look at everything that Chaski needs, say what is wrong")
    doctor.set_defaults(reads_settings=True)
    train = command("train", _train, "train the assistant if its data changed")
    train.add_argument("--force", action="store_true", help="also where nothing changed")
    parse = command("parse", _parse, "read messages from standard input, write what they mean")
    parse.add_argument(
        "--jsonl", action="store_true", help='lines of {"text": …}; else plain lines'
    )
    parse.add_argument(
        "--explain", action="store_true", help="add what the level of urgency comes from"
    )
    command("sites", _sites, "list the sites that may embed the widget, with their counts' keys")
    command("vectors", _vectors, "write data/vectors.npz anew from the training examples")
    texts = commands.add_parser("answers", help="texts to a translator and back").add_subparsers(
        required=True, metavar="COMMAND"
    )
    for name, function, summary in (
        ("export", _export, "write the texts of a language to a spreadsheet (CSV)"),
        ("import", _import, "take a translator's spreadsheet back, with every check"),
    ):
        added = texts.add_parser(name, help=summary, description=summary)
        added.set_defaults(command=function)
        added.add_argument("--lang", required=True, help="en, pt, fr, ht or qu")
        added.add_argument("--file", type=Path, help="the spreadsheet; answers-LANG.csv by itself")
    command("check", _check, "check the directory and the answers")
    evaluate = command("eval", _evaluate, "measure the understanding on unseen data")
    evaluate.add_argument("--misses", action="store_true", help="print every miss")
    operators = command("operators", _operators, "add, disable and list who may use the desk")
    deeds = operators.add_subparsers(required=True, metavar="DEED", dest="deed")
    adding = deeds.add_parser("add", help="make an account; the password is asked for")
    adding.add_argument("--role", choices=("operator", "supervisor"), default="operator")
    passwd = deeds.add_parser("passwd", help="set a password, enable, end all sessions")
    disabling = deeds.add_parser("disable", help="refuse an account, end all its sessions")
    unlocking = deeds.add_parser("unlock", help="forget an account's wrong passwords")
    deeds.add_parser("list", help="all accounts")
    for one in (adding, passwd, disabling, unlocking):
        one.add_argument("name")
    for one in (adding, passwd):
        one.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )
    return parser


def _run(options: argparse.Namespace, settings: Settings) -> int:
    del options
    from bot.server import run

    return run(settings)


def _doctor() -> int:
    from bot import doctor
    from bot.stores import folder

    os.umask(folder.PRIVATE_UMASK)
    return doctor.run(os.environ)


def _train(options: argparse.Namespace, settings: Settings) -> int:
    from bot.rasa_adapter import training

    if training.is_current(settings.model_dir) and not options.force:
        print("The model is current.", file=sys.stderr)
        return 0
    training.train(settings.model_dir)
    return 0


def _sites(options: argparse.Namespace, settings: Settings) -> int:
    """A line for each site: its name, its origins, the key with which it sees its counts."""
    del options
    from bot.sites import counts_key

    for site in settings.widget_sites:
        print(site.name, ",".join(site.origins), counts_key(settings.secret, site.name), sep="\t")
    if not settings.widget_sites:
        print("CHASKI_WIDGET_SITES is not set: no other site may embed the widget.")
    return 0


def _vectors(options: argparse.Namespace, settings: Settings) -> int:
    del options, settings
    from bot.nlu.vectors import ship
    from bot.rasa_adapter.learning import print_progress, texts

    ship(texts(), print_progress)
    return 0


def _parse(options: argparse.Namespace, settings: Settings) -> int:
    """One JSON line for each line read; a line that cannot be read gets an error, not silence."""
    from bot.evaluation.parsing import parsed
    from bot.rasa_adapter.assistant import Assistant, ModelMissing, newest_model

    output = sys.stdout
    try:
        assistant = Assistant(newest_model(settings.model_dir), None)
    except ModelMissing as error:
        print(error, file=sys.stderr)
        return 1
    failed = False
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            text = json.loads(line)["text"] if options.jsonl else line.rstrip("\n")
            if not isinstance(text, str):
                raise TypeError
        except (ValueError, KeyError, TypeError):
            row: dict[str, object] = {"error": 'not a JSON object with a "text"'}
            failed = True
        else:
            row = parsed(assistant, text, explain=options.explain)
        output.write(json.dumps(row, ensure_ascii=False) + "\n")
        output.flush()
    return 1 if failed else 0


def _check(options: argparse.Namespace, settings: Settings) -> int:
    del options, settings
    from bot.text import lexicon

    found = lexicon.problems()
    if not found:  # else nothing that reads it can be imported
        from bot.answers import check

        found = check.problems()
    for problem in found:
        print(problem)
    print(f"{len(found)} problems" if found else "The directory and the answers are sound.")
    return 1 if found else 0


def _export(options: argparse.Namespace, settings: Settings) -> int:
    del settings
    from bot.answers import translations

    path = options.file or Path(f"answers-{options.lang}.csv")
    try:
        found = translations.rows(options.lang)
        translations.write(path, found)
    except (translations.TranslationError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(found)} texts written to {path}.")
    return 0


def _import(options: argparse.Namespace, settings: Settings) -> int:
    del settings
    from datetime import date

    from bot.answers import translations

    path = options.file or Path(f"answers-{options.lang}.csv")
    try:
        done = translations.take(options.lang, translations.read(path), date.today())
    except translations.TranslationError as error:
        print(error, file=sys.stderr)
        print("Nothing was changed.", file=sys.stderr)
        return 1
    print(f"{done.changed} texts changed, {done.reviewed} topics marked as reviewed.")
    for note in done.notes:
        print(f"Note of the translator: {note}")
    return 0


def _operators(options: argparse.Namespace, settings: Settings) -> int:
    import asyncio

    from bot.console import administration
    from bot.console.accounts import AccountError
    from bot.stores import folder
    from bot.stores.kinds import StoreError

    os.umask(folder.PRIVATE_UMASK)
    try:
        lines = asyncio.run(administration.run(options, settings))
    except (AccountError, StoreError) as error:  # about names and servers: safe to show
        print(error, file=sys.stderr)
        return 1
    for line in lines:
        print(line)
    return 0


def _evaluate(options: argparse.Namespace, settings: Settings) -> int:
    from bot.evaluation.measure import DATA
    from bot.evaluation.run import run

    good = run(settings.model_dir, Path(DATA), show_misses=options.misses)
    return 0 if good else 1
