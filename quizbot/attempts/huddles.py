"""A question for a group: a silent vote, talk, a second vote, and then what is right and why."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from questions.kinds import Choice, Input, Question
from quizbot.access import ChatKey
from quizbot.clock import Clock, london_day
from quizbot.editions.editions import Edition, Editions
from quizbot.editions.feedback import Feedback, feedback_on
from quizbot.errors import NotFound, NotOffered
from quizbot.rules.pick import Mode, may_ask
from quizbot.store.database import Database
from quizbot.store.tables import huddle, new_id

LONGEST_ASK, LONGEST_OPTION = 300, 100  # what a poll can hold, in UTF-16 units
MOST_OPTIONS = 10
GONE = "That huddle is over. /huddle begins another."
CLOSED = "That vote is closed already."
MOST_VOTES = 300  # people in one vote

VOTING, TALKING, VOTING_AGAIN = 1, 2, 3


@dataclass(frozen=True)
class Huddling:
    """A huddle as it stands; the key is in `feedback`, which is for the end alone."""

    huddle_id: UUID
    edition: Edition
    question: Question
    shown_order: str
    round: int
    message: str
    first_votes: tuple[int, ...] | None

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be voted for."""
        return self.question.choices(self.shown_order)

    @property
    def feedback(self) -> Feedback:
        """What is right, and why."""
        return feedback_on(self.edition, self.question, self.shown_order, "")


@dataclass(frozen=True)
class Huddles:
    """One a group at a time; nobody's vote is known here, only how many there were."""

    database: Database
    editions: Editions
    now: Clock
    seed: Callable[[], int]

    def may_vote(self, question: Question) -> bool:
        """Whether a question can be put to a group."""
        return fits(question)

    def start(self, group: ChatKey, module: str) -> tuple[Huddling, bool]:
        """A fresh question, or the one that is in progress; and whether it is fresh."""
        current = self.editions.offer(module).edition
        today = london_day(self.now())
        fitting = [
            question
            for question in current.module.questions
            if fits(question) and may_ask(question, Mode.PRACTICE, today)
        ]
        if not fitting:
            raise NotOffered("No question of this questionnaire is short enough for a vote.")
        rng = Random(self.seed())
        question = rng.choice(fitting)
        letters = list(question.letters)
        if not question.keeps_order:
            rng.shuffle(letters)
        with self.database.writing(queue=f"huddle:{group.key}") as connection:
            before = self._found(connection, group)
            if before is not None:
                return before, False
            connection.execute(
                huddle.insert().values(
                    chat_key=group.key,
                    id=new_id(),
                    edition_id=current.id,
                    question_id=question.id,
                    shown_order="".join(letters),
                    round=VOTING,
                    message="",
                    first_votes="",
                    started_at=self.now(),
                )
            )
            made = self._found(connection, group)
        assert made is not None
        return made, True

    def of(self, group: ChatKey, huddle_id: UUID) -> Huddling:
        """A group's huddle in progress; NotFound where it is another, or over."""
        with self.database.reading() as connection:
            return self._this(connection, group, huddle_id)

    def posted(self, group: ChatKey, huddle_id: UUID, at_round: int, message: str) -> None:
        """Note which of the channel's messages holds the poll."""
        with self.database.writing(queue=f"huddle:{group.key}") as connection:
            connection.execute(
                update(huddle)
                .where(huddle.c.id == huddle_id, huddle.c.round == at_round)
                .values(message=message)
            )

    def vote(self, group: ChatKey, huddle_id: UUID, at_round: int, voter: str, option: int) -> None:
        """Take a vote, where the channel has no polls; another by the same voter replaces it.

        `voter` is a code that stands for somebody in this round alone; it goes with the round.
        """
        with self.database.writing(queue=f"huddle:{group.key}") as connection:
            found = self._this(connection, group, huddle_id)
            if found.round != at_round or at_round == TALKING:
                raise NotFound(CLOSED)
            if not 0 <= option < len(found.choices):
                raise NotFound("Choose one of the answers, and vote again.")
            votes = self._votes(connection, huddle_id)
            if len(votes) >= MOST_VOTES and voter not in votes:
                raise NotOffered("So many have voted that no more can be counted.")
            connection.execute(
                update(huddle)
                .where(huddle.c.id == huddle_id)
                .values(votes=json.dumps(votes | {voter: option}, sort_keys=True))
            )

    def votes(self, group: ChatKey, huddle_id: UUID) -> tuple[int, ...]:
        """How many there are for each option in this round."""
        with self.database.reading() as connection:
            found = self._this(connection, group, huddle_id)
            count = Counter(self._votes(connection, huddle_id).values())
        return tuple(count[at] for at in range(len(found.choices)))

    def counted(
        self, group: ChatKey, huddle_id: UUID, at_round: int, votes: Sequence[int] | None
    ) -> Huddling:
        """A vote is over: the first makes room for talk, after the second the huddle is gone."""
        with self.database.writing(queue=f"huddle:{group.key}") as connection:
            found = self._this(connection, group, huddle_id)
            if found.round != at_round:
                raise NotFound(CLOSED)
            if at_round == VOTING:
                connection.execute(
                    update(huddle)
                    .where(huddle.c.id == huddle_id)
                    .values(
                        round=TALKING,
                        message="",
                        votes="",
                        first_votes=json.dumps(list(votes)) if votes is not None else "",
                    )
                )
            elif at_round == VOTING_AGAIN:
                connection.execute(delete(huddle).where(huddle.c.id == huddle_id))
            return found

    def vote_again(self, group: ChatKey, huddle_id: UUID) -> Huddling:
        """From talk to the second vote."""
        with self.database.writing(queue=f"huddle:{group.key}") as connection:
            found = self._this(connection, group, huddle_id)
            if found.round != TALKING:
                raise NotFound("The second vote has begun already.")
            connection.execute(
                update(huddle).where(huddle.c.id == huddle_id).values(round=VOTING_AGAIN)
            )
            return found

    def end(self, group: ChatKey) -> bool:
        """Put a huddle away unfinished; whether there was one."""
        with self.database.writing(queue=f"huddle:{group.key}") as connection:
            gone = connection.execute(delete(huddle).where(_is_of(group)))
            return gone.rowcount > 0

    def _votes(self, connection: Connection, huddle_id: UUID) -> dict[str, int]:
        query = select(huddle.c.votes).where(huddle.c.id == huddle_id)
        kept: dict[str, int] = json.loads(connection.execute(query).scalar_one() or "{}")
        return kept

    def _this(self, connection: Connection, group: ChatKey, huddle_id: UUID) -> Huddling:
        found = self._found(connection, group)
        if found is None or found.huddle_id != huddle_id:
            raise NotFound(GONE)
        return found

    def _found(self, connection: Connection, group: ChatKey) -> Huddling | None:
        row = connection.execute(select(huddle).where(_is_of(group))).first()
        if row is None:
            return None
        edition = self.editions.by_id(row.edition_id)
        return Huddling(
            row.id,
            edition,
            edition.questions[row.question_id],
            row.shown_order,
            row.round,
            row.message,
            tuple(json.loads(row.first_votes)) if row.first_votes else None,
        )


def _is_of(group: ChatKey) -> ColumnElement[bool]:
    """Whether it is the group's, under the name that it has now or had before it moved."""
    return or_(huddle.c.chat_key == group.key, huddle.c.moved_from == group.key)


def fits(question: Question) -> bool:
    """Whether a question can be put to a vote in a group: short, one answer, not distressing."""
    return (
        question.input is Input.ONE
        and question.sensitive != "strong"
        and not question.check
        and _length(question.ask) <= LONGEST_ASK
        and 2 <= len(question.letters) <= MOST_OPTIONS
        and all(_length(question.text_of(one)) <= LONGEST_OPTION for one in question.letters)
    )


def _length(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2
