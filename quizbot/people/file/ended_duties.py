"""What is overdue and would end, or begin anew, with a people file."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select

from quizbot.access import GUEST, is_open
from quizbot.people.file.person_change import ONE_DAY, Kind
from quizbot.people.file.plan import PersonLine, Plan
from quizbot.rules import due
from quizbot.standing.ended_duties import Ended, Endings
from quizbot.standing.standings import chunks, requirements_by_module
from quizbot.store.tables import post, unit


def ends_of(connection: Connection, endings: Endings, plan: Plan) -> Iterator[Ended]:
    """Each duty of somebody who stays; whoever leaves owes nothing."""
    rules = requirements_by_module(connection)
    touched = (
        line
        for line in plan.people()
        if line.first_day is None and line.change.posts and line.change.kind is not Kind.LEAVES
    )
    for portion in chunks(touched):
        lines = {line.person_id: line for line in portion}
        people = {*endings.late(connection, list(lines)), *_without_post(connection, lines, plan)}
        before = endings.facts(connection, sorted(people))
        posts = {who: _posts(connection, lines[who], plan.today) for who in people}
        after = {
            (who, module): _after(facts, lines[who], posts[who], rules.get(module, ()))
            for (who, module), facts in before.items()
        }
        until = {who: day for who in people if (day := _until(lines[who]))}
        yield from endings.between(connection, before, after, until)


def _without_post(connection: Connection, lines: dict[UUID, PersonLine], plan: Plan) -> set[UUID]:
    """Who comes back: what was overdue may begin anew."""
    here = select(post.c.person_id).where(
        post.c.person_id.in_(lines), is_open(post, plan.today), post.c.job != GUEST
    )
    return set(lines) - set(connection.execute(here).scalars())


def _posts(connection: Connection, line: PersonLine, today: date) -> tuple[due.Post, ...]:
    """Somebody's posts as they would be."""
    rows = connection.execute(
        select(
            post.c.id, unit.c.path, post.c.job, post.c.starts_on, post.c.ends_on, post.c.recorded_on
        )
        .join(unit, unit.c.id == post.c.unit_id)
        .where(post.c.person_id == line.person_id, post.c.job != GUEST)
    )
    found = {row.id: due.Post(*row[1:]) for row in rows}
    new = []
    for change in line.change.posts:
        after = change.after
        told = due.Post(after.path, after.job, after.starts_on, after.ends_on, today)
        known = found.get(after.post_id) if after.post_id else None
        if after.post_id is None:
            new.append(told)
        elif known is not None and known.starts_on <= after.starts_on:
            found[after.post_id] = replace(told, recorded_on=known.recorded_on)
        elif known is not None:
            found[after.post_id] = told
    return (*found.values(), *new)


def _after(
    facts: due.Facts,
    line: PersonLine,
    posts: tuple[due.Post, ...],
    rules: tuple[due.Requirement, ...],
) -> due.Facts:
    covering = tuple(rule for rule in rules if any(rule.covers(held) for held in posts))
    return replace(facts, posts=posts, requirements=covering, left_on=line.change.after.left_on)


def _until(line: PersonLine) -> date | None:
    """The last day before all of it tells."""
    days = [c.after.starts_on - ONE_DAY for c in line.change.posts if c.before is None]
    days += [c.after.ends_on for c in line.change.posts if c.after.ends_on]
    return max(days, default=None)
