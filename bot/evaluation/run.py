"""Measure everything and print it.

Decides the order of the report, and that a goal that is missed, or an evaluation message that is
also a training example, makes the command fail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bot.answers.tables import answers
from bot.evaluation import rest, topics, urgency
from bot.evaluation.measure import DATA, all_texts
from bot.nlu import follow_up
from bot.nlu.corpus import corpus
from bot.nlu.urgency_examples import read_examples
from bot.rasa_adapter.assistant import Assistant, newest_model
from bot.text.folding import words
from bot.text.languages import LANGUAGES


def overlap(folder: Path = DATA) -> list[str]:
    """Evaluation messages of two words and more that are also training examples, folded."""
    trained = {tuple(words(example.text)) for example in corpus()}
    trained |= {tuple(words(example.text)) for example in read_examples()}
    trained |= {tuple(words(text)) for _, _, text in follow_up.read_examples()}
    return sorted(
        {
            text
            for text in all_texts(folder)
            if len(words(text)) >= 2 and tuple(words(text)) in trained
        }
    )


def run(model_dir: Path, folder: Path = DATA, *, show_misses: bool = False) -> bool:
    """Measure everything and print it.

    Args:
        model_dir: Folder of the trained model.
        folder: Folder of the evaluation data.
        show_misses: Whether every miss is printed, not only missed pleas.

    Returns:
        Whether every goal is reached and no message is a training example.
    """
    shared = overlap(folder)
    _say([f"Evaluation messages that are training examples: {len(shared)}", *shared])
    assistant = Assistant(newest_model(model_dir), None)
    topic_rows = topics.rows_of(assistant, folder)
    urgency_rows = urgency.rows_of(assistant, folder)
    six = [row.read for row in topic_rows]
    measured = [
        topics.measures(topic_rows),
        [*urgency.measures(urgency_rows), urgency.typos(assistant, urgency_rows)],
    ]
    missed = topics.misses(topic_rows) + urgency.misses(urgency_rows)
    for measures, lines in (
        rest.follow_ups(assistant, folder),
        rest.places(assistant, folder),
        rest.accounts(assistant, folder),
        rest.other_languages(assistant, folder, six),
    ):
        measured.append(measures)
        missed += lines
    _say(["", "Topics, the weakest first:", *topics.table(topic_rows)])
    _say(["", "Topics most often taken for another:", *topics.confusions(topic_rows)])
    _say(["", "Urgency, as is (rows) and as read (columns):", *urgency.matrix(urgency_rows)])
    _say(["", "Urgent messages missed or given another number:", *urgency.missed(urgency_rows)])
    if show_misses:
        _say(["", "Other misses:", *missed])
    _say(["", "Coverage:", *_coverage(topic_rows, urgency_rows)])
    figures = [measure for measures in measured for measure in measures]
    _say(["", f"{'measure':52} {'count':>6} {'of':>6} {'share':>7} {'goal':>8}"])
    _say(measure.line() for measure in figures)
    return not shared and all(measure.reached for measure in figures)


def _coverage(topic_rows: list[topics.Row], urgency_rows: list[urgency.Row]) -> list[str]:
    """How much there is to learn from and to measure with."""
    trained = Counter(example.language for example in corpus())
    measured = Counter(row.language for row in topic_rows)
    least = Counter((row.language, row.topic) for row in topic_rows)
    lines = [
        f"  {code}: {trained[code]} examples, {measured[code]} messages, "
        f"at least {min(least[code, topic] for _, topic in least)} for each topic"
        for code in LANGUAGES
    ]
    topics_known = {example.intent for example in corpus()}
    asked = {row.topic for row in topic_rows}
    unanswered = topics_known - set(answers()) - {"affirm", "deny"}
    lines.append(
        f"  {len(topics_known)} topics, {len(topics_known - asked)} not measured, "
        f"{len(unanswered)} without an answer; "
        f"urgency: {len(read_examples())} examples, {len(urgency_rows)} messages"
    )
    return lines


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
