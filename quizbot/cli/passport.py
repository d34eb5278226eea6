"""`quizbot passport`: the keys that sign certificates as credentials."""

import click

from quizbot.cli.common import as_json, opened, show


@click.group()
def passport() -> None:
    """Certificates that other installations verify: the keys that sign them."""


@passport.command()
@as_json
def keys(*, as_json: bool) -> None:
    """Every key there was: which one signs, and which are published for what they signed."""
    with opened(to_sign=True) as service:
        lines = [
            {
                "state": key.state,
                "name": key.name,
                "made_at": key.made_at,
                "ended_at": key.ended_at or "",
            }
            for key in service.passport_keys.all()
        ]
    show(lines, ("state", "name", "made_at", "ended_at"), as_json=as_json)
    if not lines:
        words = "There is none yet: the first is made when somebody asks for one, or by `rotate`."
        click.echo(words, err=True)


@passport.command()
@click.option("--withdraw", is_flag=True, help="Nothing that older keys signed is to be believed.")
def rotate(*, withdraw: bool) -> None:
    """Sign with a new key from now on; what older ones signed can be verified on.

    With --withdraw, for a key that somebody else may have, it cannot: people download their
    certificates anew.
    """
    with opened(to_sign=True) as service:
        key = service.passport_keys.rotate(withdraw=withdraw)
    click.echo(f"Certificates are signed with {key.name} from now on.")
    if withdraw:
        click.echo("The keys before it are published no longer. Tell who trusts this issuer.")
