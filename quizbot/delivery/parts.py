"""What other systems are told, and how it leaves."""

from dataclasses import dataclass

from quizbot.delivery.deliveries import Deliveries
from quizbot.delivery.targets import Target
from quizbot.editions.editions import Editions
from quizbot.outbox.results import Results
from quizbot.store.connections import Connections
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class DeliveryParts:
    """What the service has of this room."""

    deliveries: Deliveries


def open_delivery(
    core: Core,
    *,
    editions: Editions,
    connections: Connections,
    results: Results,
    targets: tuple[Target, ...],
    public_url: str,
) -> DeliveryParts:
    """Each with what it stands on, by name."""
    return DeliveryParts(
        deliveries=Deliveries(
            database=core.database,
            editions=editions,
            connections=connections,
            signer=core.signer,
            results=results,
            targets=targets,
            public_url=public_url,
            now=core.now,
        )
    )
