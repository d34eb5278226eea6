"""One message a person a day at most, with all that is owed and still holds."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Connection, Row, Update, bindparam, func, select, update

from quizbot.clock import Clock, day_begins, has_ended, london_day
from quizbot.editions.editions import Editions
from quizbot.outbox.mail import Fate, Mail, Reason, Sent
from quizbot.outbox.notices import NO_ADDRESS, TRIAL, Note, Notices, Outlet
from quizbot.reminders.announcing import LATER, TOLD
from quizbot.reminders.change_letters import ConfirmLine, LaterLine, ToldLine
from quizbot.reminders.letters import (
    LATE,
    Contents,
    DigestLetter,
    DigestLine,
    Setting,
    Wish,
    brief,
    digest,
)
from quizbot.reminders.quiet import Quiet
from quizbot.rules import due
from quizbot.rules.ladder import INVITED, NUDGES, due_day
from quizbot.signin.chats import Links
from quizbot.standing.confirming import Confirmations, Confirming
from quizbot.standing.duties import Why
from quizbot.standing.standings import Standings, chunks
from quizbot.standing.tellings import Telling, Tellings
from quizbot.store.database import Database, read_in, write_in
from quizbot.store.tables import chat_link, later_ask, notice, person, preference

AT_ONCE = 20  # receivers whose facts are read together
SIDE_BY_SIDE = 8  # messages to chats that are under way together; each holds a connection
LOOKED_THROUGH = 400  # waiting notices in which they are found

# What the issuer of a certificate from elsewhere says of it, to who holds it and to a lead.
ELSEWHERE = ("gone-back", "stands-again", "gone-back-lead", "stands-again-lead")
# A request was met, a manager confirmed something, a lead withdrew or regraded: all stay so.
DONE = ("met", "confirmed", "withdrawn", "regraded", *ELSEWHERE)

NO_LONGER = "it was done, changed or put off before it left"
TURNED_OFF = "reminders are turned off"
LEFT = "the person has left"
NUDGED_AGAIN = timedelta(days=7)  # in a chat, which is closer to people than their mail
REPLACED = "what it held goes with a later one"

# In the queue, due, and not by itself: a step of the ladder, or that something is done.
_IS_WAITING = (
    notice.c.state == "queued",
    ~notice.c.goes_alone,
    notice.c.next_try_at <= bindparam("now"),
)
_WAITING = (
    select(notice.c.person_id)
    .where(*_IS_WAITING)
    .order_by(notice.c.next_try_at, notice.c.id)
    .limit(LOOKED_THROUGH)
)
_HURRIED = _WAITING.where(
    notice.c.kind == str(INVITED.when),
    notice.c.person_id.in_(
        select(person.c.id).where(
            person.c.is_guest,
            person.c.left_on >= bindparam("day"),
            person.c.left_on < bindparam("opens_on"),
        )
    ),
)
_OF_THEM: BindParameter[Any] = bindparam("people", expanding=True)
_OWED = select(notice).where(*_IS_WAITING, notice.c.person_id.in_(_OF_THEM)).order_by(notice.c.id)
_PEOPLE = (
    select(
        person.c.id,
        person.c.name,
        person.c.email,
        person.c.left_on,
        preference.c.nudges,
        preference.c.snoozed_until,
    )
    .outerjoin(preference, preference.c.person_id == person.c.id)
    .where(person.c.id.in_(_OF_THEM))
)
_CHATS = (
    select(chat_link)
    .join(person, person.c.id == chat_link.c.person_id)
    .where(
        chat_link.c.person_id.in_(_OF_THEM),
        chat_link.c.channel.in_(bindparam("channels", expanding=True)),
        chat_link.c.gets_notices,
        chat_link.c.unlinked_at.is_(None),
        chat_link.c.blocked_at.is_(None),
        chat_link.c.epoch == person.c.sign_in_epoch,
    )
)
_REPLACE = (
    update(notice)
    .where(
        notice.c.person_id == bindparam("whose"),
        notice.c.kind == "digest",
        notice.c.state == "queued",
    )
    .values(state="cancelled", trouble=REPLACED, done_at=bindparam("now"))
)
_NUDGED = (
    select(notice.c.person_id, func.max(notice.c.done_at).label("last"))
    .where(
        notice.c.person_id.in_(_OF_THEM),
        notice.c.kind.in_([str(kind) for kind in NUDGES]),
        notice.c.state.in_(["sent", "uncertain"]),
    )
    .group_by(notice.c.person_id)
)


@cache
def _putting(*names: str) -> Update:
    """What writes some of these down of notices that wait."""
    return (
        update(notice)
        .where(notice.c.id.in_(bindparam("ids", expanding=True)), notice.c.state == "queued")
        .values({name: bindparam(f"new_{name}") for name in names})
    )


@dataclass(frozen=True)
class Owed:
    """A notice that waits for its receiver's digest."""

    id: UUID
    kind: str
    tries: int
    module: str
    about: UUID
    duty_id: UUID | None
    due_on: date | None


@dataclass(frozen=True)
class Chat:
    """The chat to which somebody has their messages sent, its address encrypted."""

    link_id: UUID
    channel: str
    address: str
    way: str


@dataclass(frozen=True)
class Receiver:
    """Who gets a digest, and everything that waits for it."""

    id: UUID
    name: str
    email: str | None
    is_here: bool
    wants_nudges: bool
    owed: tuple[Owed, ...]
    no_nudge_before: date | None = None
    chat: "Chat | None" = None


@dataclass(frozen=True)
class Sorted:
    """What of a receiver's notices goes, what does not and why, and what the digest says."""

    kept: tuple[Owed, ...]
    dropped: Mapping[str, tuple[Owed, ...]]
    put_off: Mapping[date, tuple[Owed, ...]]  # by the day on which they are looked at again
    contents: Contents


@dataclass(frozen=True)
class Digests:
    """Gathers what waits for each person, leaves out what does not hold any more, and sends it."""

    database: Database
    editions: Editions
    standings: Standings
    confirmations: Confirmations
    tellings: Tellings
    notices: Notices
    quiet: Quiet
    setting: Setting
    links: Links
    now: Clock

    def send_some(self, outlet: Outlet, between: Callable[[], int]) -> int:
        """Deal with some of those for whom something waits; how many.

        In quiet hours only with guests who would be gone before these are over: an invitation that
        comes after the last day is none. `between` is done before each of them: codes do not wait
        for a slow mail server.
        """
        is_quiet = not self.quiet.allows(self.now())
        today = london_day(self.now())
        people = self._waiting(today, is_quiet=is_quiet)
        if not people:
            return 0
        with self.database.reading() as connection:
            receivers = self._receivers(connection, people, today, outlet.chats)
            facts = _Facts.read(connection, self, receivers, today)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:  # a chat's server answers slowly
            sending: list[Future[None]] = []
            for receiver in receivers:
                between()
                if not is_quiet and not self.quiet.allows(self.now()):
                    break
                send = self._deal(receiver, facts, today, outlet)
                if send is not None and receiver.chat is not None:
                    sending.append(pool.submit(send))
                elif send is not None:
                    send()
            for one in sending:
                one.result()
        return len(receivers)

    def _waiting(self, today: date, *, is_quiet: bool) -> list[UUID]:
        """Some of those for whom something waits."""
        now = self.now()
        if is_quiet:
            given = {"now": now, "day": today, "opens_on": self.quiet.opens_on(now)}
            found = self.database.look(_HURRIED, given)
        else:
            found = self.database.look(_WAITING, {"now": now})
        return list(dict.fromkeys(row.person_id for row in found))[:AT_ONCE]

    def _receivers(
        self, connection: Connection, ids: list[UUID], today: date, channels: Collection[str]
    ) -> list[Receiver]:
        owed: dict[UUID, list[Owed]] = defaultdict(list)
        for row in read_in(connection, _OWED, {"now": self.now(), "people": ids}):
            owed[row.person_id].append(_owed(row))
        by_id = {row.id: row for row in read_in(connection, _PEOPLE, {"people": ids})}
        chats = dict(_chats(connection, ids, channels))
        nudged = dict(_nudged(connection, chats))
        return [
            Receiver(
                row.id,
                row.name,
                row.email,
                not has_ended(row.left_on, today),
                row.nudges is not False,
                tuple(owed[row.id]),
                max((day for day in (row.snoozed_until, nudged.get(row.id)) if day), default=None),
                chats.get(row.id),
            )
            for row in (by_id[person_id] for person_id in ids if person_id in by_id)
        ]

    def _deal(
        self, receiver: Receiver, facts: "_Facts", today: date, outlet: Outlet
    ) -> Callable[[], None] | None:
        """Claim what waits for somebody; what sends it then, where anything is to be sent."""
        found = facts.sort(receiver, today)
        is_kept_back = outlet.allowed is not None and not outlet.may_reach(receiver.email or "")
        if is_kept_back or not (receiver.email or receiver.chat):
            if receiver.email:
                state, trouble, reason = "cancelled", TRIAL, Reason.TRIAL
            else:
                state, trouble, reason = "failed", NO_ADDRESS, Reason.NO_ADDRESS
            with self.database.writing() as connection:
                outlet.lease.must_hold(connection)
                self._leave_out(connection, found)
                self._close(connection, found.kept, state, trouble, reason)
            return None
        tries = max((owed.tries for owed in found.kept), default=0) + 1
        digest_id = self._claim(receiver, found, today, tries, outlet)
        if digest_id is None:
            return None

        def send() -> None:
            sent = self._sent(receiver, found.contents, digest_id, today, outlet)
            self.notices.settle(digest_id, sent, tries)

        return send

    def _sent(
        self, receiver: Receiver, contents: Contents, digest_id: UUID, today: date, outlet: Outlet
    ) -> Sent:
        """What became of it, on its way to the chat that was chosen or else by e-mail."""
        if receiver.chat is None:
            assert receiver.email is not None
            letter = digest(contents, self.setting, today, receiver.name)
            return outlet.mailer(_mail(receiver.email, letter), str(digest_id))
        address = self.links.address(receiver.chat.address)
        if address is None:
            return self._gone(receiver, receiver.chat, "the secret is another since it was linked")
        note = Note(
            address,
            brief(contents, self.setting, today),
            tuple((asked.module, asked.title) for asked in contents.asked),
            may_snooze=contents.has_nudge,
            way=receiver.chat.way,
            later=tuple((one.id, one.title) for one in contents.later),
        )
        sent = outlet.chats[receiver.chat.channel](note, str(digest_id))
        if sent.fate is Fate.GONE:  # by e-mail, then: in the next round
            return self._gone(receiver, receiver.chat, sent.trouble)
        if sent.fate is Fate.DOWN:  # mail may leave all the same
            return replace(sent, fate=Fate.RETRY)
        return sent

    def _gone(self, receiver: Receiver, chat: "Chat", trouble: str) -> Sent:
        """Their chat is reached no more: by e-mail then, where they have an address."""
        self.links.block_link(chat.link_id)
        fate = Fate.RETRY if receiver.email else Fate.FAILED
        return Sent(fate, trouble, Reason.CHAT_GONE)

    def _claim(
        self, receiver: Receiver, found: Sorted, today: date, tries: int, outlet: Outlet
    ) -> UUID | None:
        """Committed before anything leaves; None where nothing may leave for them today."""
        with self.database.writing(queue=f"digest:{receiver.id}") as connection:
            outlet.lease.must_hold(connection)
            self._leave_out(connection, found)
            digest_id = self._digest(connection, receiver, today, tries) if found.kept else None
            write_in(connection, _REPLACE, {"whose": receiver.id, "now": self.now()})
            if digest_id is not None:
                self._put(connection, found.kept, state="sending", digest_id=digest_id, tries=tries)
            else:  # they had one today
                self._put(connection, found.kept, next_try_at=day_begins(today, 1))
        return digest_id

    def _digest(
        self, connection: Connection, receiver: Receiver, today: date, tries: int
    ) -> UUID | None:
        """The day's digest, claimed: a new one, or the one that certainly did not leave before."""
        key = f"digest:{receiver.id.hex}:{today.isoformat()}"
        row = self.notices.row(key, receiver.id, "digest", {}, goes_alone=True)
        channel = receiver.chat.channel if receiver.chat else "email"
        row.update(state="sending", tries=tries, channel=channel)
        if self.database.insert_once(connection, notice, row):
            made: UUID = row["id"]
            return made
        again: UUID | None = connection.execute(
            update(notice)
            .where(notice.c.key == key, notice.c.state == "queued")
            .values(state="sending", tries=tries, channel=channel)
            .returning(notice.c.id)
        ).scalar()
        return again

    def _leave_out(self, connection: Connection, found: Sorted) -> None:
        for trouble, owed in found.dropped.items():
            self._close(connection, owed, "cancelled", trouble)
        for day, owed in found.put_off.items():
            self._put(connection, owed, next_try_at=day_begins(day))

    def _close(
        self,
        connection: Connection,
        owed: Iterable[Owed],
        state: str,
        trouble: str,
        reason: Reason = Reason.OTHER,
    ) -> None:
        values = {"trouble": trouble, "reason": reason.value, "done_at": self.now()}
        self._put(connection, owed, state=state, **values)

    def _put(self, connection: Connection, owed: Iterable[Owed], **values: Any) -> None:
        given = {f"new_{name}": value for name, value in values.items()}
        for portion in chunks(one.id for one in owed):
            write_in(connection, _putting(*values), {"ids": portion, **given})


@dataclass(frozen=True)
class _Facts:
    """What is true today of everybody whom some receivers' notices are about."""

    standings: Mapping[tuple[UUID, str], due.Standing]
    changes: Mapping[tuple[UUID, UUID], Confirming]  # by person and what was done of the change
    told: Mapping[UUID, Telling]
    later: frozenset[UUID]  # questions some weeks after a pass that are not answered
    why: Why
    titles: Mapping[str, tuple[str, int]]

    @classmethod
    def read(
        cls, connection: Connection, digests: Digests, receivers: Sequence[Receiver], today: date
    ) -> "_Facts":
        about = [owed for receiver in receivers for owed in receiver.owed if owed.duty_id]
        people = list(dict.fromkeys(owed.about for owed in about))
        current = {e.module.id: e.module for e in digests.editions.all_current()}
        modules = sorted({owed.module for owed in about} & set(current))
        wanted = {(owed.about, owed.module) for owed in about}
        standings = {
            (person_id, module): due.standing(facts, today)
            for person_id, module, facts in digests.standings.facts(connection, people, modules)
            if (person_id, module) in wanted
        }
        own = {(receiver.id, owed.module) for receiver in receivers for owed in receiver.owed}
        duties = [duty for pair in own & set(standings) for duty in standings[pair].duties]
        titles = {id_: (module.title, module.minutes) for id_, module in current.items()}
        told = {owed.duty_id for owed in about if owed.kind == TOLD and owed.duty_id}
        return cls(
            standings,
            _changes(connection, digests.confirmations, about, standings, today),
            digests.tellings.told(connection, sorted(told)) if told else {},
            _later(connection, about),
            Why.read(connection, duties),
            titles,
        )

    def sort(self, receiver: Receiver, today: date) -> Sorted:
        """What still holds of a receiver's notices, and what is to be said of it."""
        kept: list[Owed] = []
        put_off: dict[date, list[Owed]] = defaultdict(list)
        dropped: dict[str, list[Owed]] = defaultdict(list)
        quiet_to = receiver.no_nudge_before or today
        for owed in receiver.owed:
            if trouble := self._trouble(receiver, owed):
                dropped[trouble].append(owed)
            elif self._is_held(owed):  # a pause may be ended on any day
                put_off[today + timedelta(days=1)].append(owed)
            elif owed.kind in NUDGES and quiet_to > today:
                put_off[quiet_to].append(owed)
            else:
                kept.append(owed)
        return Sorted(
            tuple(kept),
            {trouble: tuple(owed) for trouble, owed in dropped.items()},
            {day: tuple(owed) for day, owed in put_off.items()},
            self._contents(kept),
        )

    def _trouble(self, receiver: Receiver, owed: Owed) -> str:
        """Why a notice is not sent; nothing where it is."""
        if not receiver.is_here:
            return LEFT
        if owed.kind in DONE or owed.duty_id in self.told:
            return ""
        if owed.duty_id in self.later and owed.module in self.titles:
            return "" if receiver.wants_nudges else TURNED_OFF
        if self._duty(owed) is None:
            return NO_LONGER
        if owed.kind in NUDGES and not receiver.wants_nudges:
            return TURNED_OFF
        return ""

    def _is_held(self, owed: Owed) -> bool:
        """Whether a pause or an exemption lets it wait: it is said when that is over."""
        if owed.kind in DONE:
            return False
        standing = self._standing(owed)
        return standing is not None and standing.state in (due.State.PAUSED, due.State.EXEMPT)

    def _duty(self, owed: Owed) -> due.Duty | None:
        """The duty that a notice is about, as long as it is what the notice says."""
        standing = self._standing(owed)
        if standing is None:
            return None
        for duty in standing.duties:
            if owed.duty_id in (duty.requirement_id, duty.request_id):
                return duty if due_day(duty) == owed.due_on else None
        return None

    def _standing(self, owed: Owed) -> due.Standing | None:
        """Where its duty stands: a change to confirm stands beside the rest of its module."""
        change = self._change(owed)
        return change.standing if change else self.standings.get((owed.about, owed.module))

    def _change(self, owed: Owed) -> Confirming | None:
        return self.changes.get((owed.about, owed.duty_id)) if owed.duty_id else None

    def _contents(self, kept: Sequence[Owed]) -> Contents:
        others = {kind: _Counted() for kind in ("to-manager", "to-lead")}
        own: dict[str, dict[UUID, due.Duty]] = defaultdict(dict)
        changed: dict[str, list[Confirming]] = defaultdict(list)
        for owed in kept:
            duty = self._duty(owed)
            if duty is None or owed.duty_id is None:
                continue
            if owed.kind in others:
                others[owed.kind].add(owed.about, is_late=duty.state in LATE)
            elif change := self._change(owed):
                changed[change.change].append(change)
            else:
                own[owed.module][owed.duty_id] = duty
        team, units = others["to-manager"], others["to-lead"]
        return Contents(
            asked=tuple(
                self._asked(module, list(duties.values())) for module, duties in own.items()
            ),
            to_confirm=tuple(map(self._to_confirm, changed.values())),
            told=tuple(self._told(kept)),
            later=tuple(
                LaterLine(owed.duty_id, self.titles[owed.module][0])
                for owed in kept
                if owed.duty_id and owed.duty_id in self.later
            ),
            team_late=len(team.late),
            team_soon=len(team.soon - team.late),
            units_late=len(units.late),
            units_soon=len(units.soon - units.late),
            met=sum(owed.kind == "met" for owed in kept),
            confirmed=sum(owed.kind == "confirmed" for owed in kept),
            withdrawn=sum(owed.kind == "withdrawn" for owed in kept),
            regraded=sum(owed.kind == "regraded" for owed in kept),
            gone_back=sum(owed.kind == "gone-back" for owed in kept),
            stands_again=sum(owed.kind == "stands-again" for owed in kept),
            units_gone_back=len({one.about for one in kept if one.kind == "gone-back-lead"}),
            units_stand_again=len({one.about for one in kept if one.kind == "stands-again-lead"}),
            has_nudge=any(owed.kind in NUDGES for owed in kept),
        )

    def _to_confirm(self, asked: Sequence[Confirming]) -> ConfirmLine:
        """One change, however often it is asked for."""
        newest, states = asked[0], [one.state for one in asked if one.state]
        return ConfirmLine(
            newest.asked_in,
            self.titles[newest.asked_in][0],
            newest.was,
            newest.now,
            newest.matters,
            max(states, key=lambda state: state.rank),
            min(one.due_on for one in asked),
        )

    def _told(self, kept: Iterable[Owed]) -> Iterator[ToldLine]:
        """What was told, each change once."""
        told = {self.told[id_] for owed in kept if (id_ := owed.duty_id) and id_ in self.told}
        for one in sorted(told, key=lambda one: (one.starts_on, one.change)):
            yield ToldLine(one.was, one.now, one.matters, one.starts_on)

    def _asked(self, module: str, duties: Sequence[due.Duty]) -> DigestLine:
        """One questionnaire, however many ask for it: the worst state, the earliest day."""
        title, minutes = self.titles[module]
        dues = [day for day in map(due_day, duties) if day is not None]
        return DigestLine(
            module,
            title,
            minutes,
            max(duties, key=lambda duty: duty.state.rank).state,
            min(dues),
            tuple(self._wishes(duties)),
        )

    def _wishes(self, duties: Iterable[due.Duty]) -> Iterator[Wish]:
        for duty in duties:
            ask = self.why.ask(duty)
            yield Wish(ask.by if duty.request_id else "", ask.why)


class _Counted:
    """Of how many others something is told; each counts once."""

    def __init__(self) -> None:
        self.late: set[UUID] = set()
        self.soon: set[UUID] = set()

    def add(self, about: UUID, *, is_late: bool) -> None:
        """Count somebody."""
        (self.late if is_late else self.soon).add(about)


def _changes(
    connection: Connection,
    confirmations: Confirmations,
    about: Iterable[Owed],
    standings: Mapping[tuple[UUID, str], due.Standing],
    today: date,
) -> dict[tuple[UUID, UUID], Confirming]:
    """The changes to confirm of those of whom a notice says what no rule or request does."""
    known = {
        (person_id, duty_id)
        for (person_id, _), standing in standings.items()
        for duty in standing.duties
        for duty_id in (duty.requirement_id, duty.request_id)
    }
    people = {
        owed.about
        for owed in about
        if owed.kind not in (TOLD, LATER) and (owed.about, owed.duty_id) not in known
    }
    found = confirmations.of(connection, sorted(people), today) if people else {}
    return {(one.person_id, one.action_id): one for lines in found.values() for one in lines}


def _later(connection: Connection, about: Iterable[Owed]) -> frozenset[UUID]:
    """Which questions some weeks after a pass are still to be answered."""
    ids = [owed.duty_id for owed in about if owed.kind == LATER and owed.duty_id]
    if not ids:
        return frozenset()
    query = select(later_ask.c.id).where(later_ask.c.id.in_(ids), later_ask.c.state == "open")
    return frozenset(connection.execute(query).scalars())


def _owed(row: Row[Any]) -> Owed:
    told = json.loads(row.payload)
    return Owed(
        row.id,
        row.kind,
        row.tries,
        told["module"],
        UUID(told["about"]),
        UUID(told["duty"]) if "duty" in told else None,
        date.fromisoformat(told["due"]) if "due" in told else None,
    )


def _chats(
    connection: Connection, people: Sequence[UUID], channels: Collection[str]
) -> Iterator[tuple[UUID, Chat]]:
    """Whose messages go to which chat, where we can send there."""
    if not channels:
        return
    for row in read_in(connection, _CHATS, {"people": people, "channels": channels}):
        yield row.person_id, Chat(row.id, row.channel, row.address, row.way)


def _nudged(connection: Connection, people: Collection[UUID]) -> Iterator[tuple[UUID, date]]:
    """The day before which those who have their messages sent to a chat are not nudged again."""
    if not people:
        return
    for person_id, last in read_in(connection, _NUDGED, {"people": people}):
        yield person_id, london_day(last) + NUDGED_AGAIN


def _mail(address: str, letter: DigestLetter) -> Mail:
    return Mail(address, letter.subject, letter.text, letter.html)
