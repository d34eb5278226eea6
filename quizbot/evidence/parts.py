"""What shows that somebody understood: attestations, certificates, transcripts."""

from dataclasses import dataclass

from quizbot.editions.editions import Editions
from quizbot.evidence.afterwards import Afterwards
from quizbot.evidence.attestations import Attestations
from quizbot.evidence.beliefs import Beliefs
from quizbot.evidence.certificates import Certificates
from quizbot.evidence.guide import Guides
from quizbot.evidence.passport.again import AskedAgain
from quizbot.evidence.passport.brought import Brought
from quizbot.evidence.passport.giving import Passports
from quizbot.evidence.passport.issuers import Issuers
from quizbot.evidence.passport.keys import PassportKeys
from quizbot.evidence.regrades import Regrades
from quizbot.evidence.transcripts import Transcripts
from quizbot.evidence.withdrawals import Withdrawals
from quizbot.outbox.notices import Notices
from quizbot.outbox.results import Results
from quizbot.standing.confirming import Confirmations
from quizbot.standing.dispensations import Dispensations
from quizbot.standing.standings import Standings
from quizbot.store.connections import Connections
from quizbot.store.core import Core


@dataclass(frozen=True, kw_only=True)
class EvidenceParts:
    """What the service has of this room."""

    attestations: Attestations
    certificates: Certificates
    passports: Passports
    passport_keys: PassportKeys
    issuers: Issuers
    brought: Brought
    asked_again: AskedAgain
    transcripts: Transcripts
    guides: Guides
    beliefs: Beliefs
    withdrawals: Withdrawals
    afterwards: Afterwards
    regrades: Regrades


def open_evidence(
    core: Core,
    *,
    editions: Editions,
    standings: Standings,
    confirmations: Confirmations,
    dispensations: Dispensations,
    connections: Connections,
    notices: Notices,
    results: Results,
    issuer: str,
    public_url: str,
    issuers_private: bool,
    ask_later: int | None,
) -> EvidenceParts:
    """Each with what it stands on, by name."""
    beliefs = Beliefs(database=core.database, editions=editions)
    withdrawals = Withdrawals(
        database=core.database,
        editions=editions,
        notices=notices,
        results=results,
        audit=core.audit,
        now=core.now,
    )
    certificates = Certificates(
        database=core.database,
        standings=standings,
        confirmations=confirmations,
        withdrawals=withdrawals,
        issuer=issuer,
        public_url=public_url,
        now=core.now,
    )
    passport_keys = PassportKeys(
        database=core.database,
        signer=core.signer,
        audit=core.audit,
        public_url=public_url,
        now=core.now,
    )
    issuers = Issuers(
        database=core.database,
        connections=connections,
        audit=core.audit,
        private=issuers_private,
        now=core.now,
    )
    return EvidenceParts(
        beliefs=beliefs,
        withdrawals=withdrawals,
        afterwards=Afterwards(
            database=core.database,
            editions=editions,
            notices=notices,
            after=ask_later,
            now=core.now,
        ),
        attestations=Attestations(
            database=core.database,
            editions=editions,
            notices=notices,
            audit=core.audit,
            now=core.now,
        ),
        certificates=certificates,
        passports=Passports(
            certificates=certificates,
            keys=passport_keys,
            issuer=issuer,
            public_url=public_url,
            now=core.now,
        ),
        passport_keys=passport_keys,
        issuers=issuers,
        brought=Brought(
            database=core.database,
            issuers=issuers,
            dispensations=dispensations,
            audit=core.audit,
            public_url=public_url,
            now=core.now,
        ),
        asked_again=AskedAgain(
            database=core.database,
            issuers=issuers,
            dispensations=dispensations,
            notices=notices,
            audit=core.audit,
            now=core.now,
        ),
        regrades=Regrades(
            database=core.database,
            editions=editions,
            certificates=certificates,
            notices=notices,
            results=results,
            audit=core.audit,
            now=core.now,
        ),
        transcripts=Transcripts(
            database=core.database, editions=editions, audit=core.audit, issuer=issuer, now=core.now
        ),
        guides=Guides(
            database=core.database,
            editions=editions,
            standings=standings,
            beliefs=beliefs,
            now=core.now,
        ),
    )
