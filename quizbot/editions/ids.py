"""An id that stood for one question never stands for another: the published editions tell."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from questions.bank import Bank
from questions.findings import Finding, fault
from questions.place import Place
from quizbot.editions.editions import Editions, resolve
from quizbot.errors import NotFound
from quizbot.store.tables import edition

_PUBLISHED = select(edition.c.module, edition.c.label, edition.c.content).order_by(
    edition.c.made_at, edition.c.id
)


def used_again(editions: Editions, bank: Bank, place: Place) -> Iterator[Finding]:
    """Ids that come back, after they were withdrawn, removed or another module's, as another.

    A question that comes back as it was is no fault: an edition may be published again.
    """
    if bank.module is None:
        return
    try:
        current = {question.id for question in editions.current(bank.id).module.asked}
    except NotFound:
        current = set()
    back = {q.id: q for q in resolve(bank.module, place).asked if q.id not in current}
    if not back:
        return  # as nearly always, and then nothing old is read
    for id_, uses in _uses(editions, set(back)).items():
        ours = _meaning(back[id_].model_dump(mode="json", by_alias=True))
        if any(module == bank.id and meaning == ours for module, _, meaning in uses):
            continue
        module, label, _ = uses[-1]
        file = bank.local_files.get(id_, f"{bank.id}/{back[id_].objective}.toml")
        words = (
            f"this id stood for another question in edition {label} of {module}: give this one an"
            " id of its own, for what people answered must mean the same for ever"
        )
        yield fault(file, id_, "id", words)


def _uses(editions: Editions, ids: set[str]) -> dict[str, list[tuple[str, str, Any]]]:
    """Where each id was asked: module, edition and what it meant, oldest first."""
    uses: dict[str, list[tuple[str, str, Any]]] = {}
    with editions.database.reading() as connection:
        for row in connection.execute(_PUBLISHED):
            for question in json.loads(row.content)["questions"]:
                if question["id"] in ids and not question.get("withdrawn"):
                    use = (row.module, row.label, _meaning(question))
                    uses.setdefault(question["id"], []).append(use)
    return uses


def _meaning(question: Mapping[str, Any]) -> Any:
    """What is asked and what is right, without the reasons and the upkeep."""
    return (
        question["kind"],
        question["scenario"],
        question["ask"],
        [(option["text"], option["right"]) for option in question.get("option", ())],
        [step["text"] for step in question.get("step", ())],
        [(pair["left"], pair["right"]) for pair in question.get("pair", ())],
    )
