"""The real service for several partnerships: one web process, one worker, and a peer for each."""

import json
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request

from questions.place import SHIPPED as SHIPPED_PLACE
from quizbot.config import Settings
from quizbot.service import Service, open_service
from tests.outbox import smtp
from tests.partnerships.files import write
from tools.running import BY_LETTER, Keys, Running
from tools.visitor import Fetched, Visitor
from tools.waiting import until

TOKEN = "of-no-use-anywhere-else"
AMINA, CARYS, EFUA = (f"{name}@northmoor.example" for name in ("amina", "carys", "efua"))


@dataclass
class Partnership:
    """One of them: as `Running` is asked by a visitor."""

    name: str
    several: "Several"
    mail: smtp.Server
    settings: Settings

    @property
    def host(self) -> str:
        """By which it is asked for."""
        return f"{self.name}.example:{self.several.port}"

    @property
    def url(self) -> str:
        """Where requests go: all to one door."""
        return self.several.url

    @property
    def port(self) -> int:
        """The same."""
        return self.several.port

    def codes(self, email: str) -> list[str]:
        """The codes that its own mail server took for an address, the newest last."""
        taken = [mail for mail in self.mail.taken if email in str(mail["To"])]
        return [str(mail["Subject"])[:6] for mail in taken]

    def code(self, email: str, after: int = 0) -> str:
        """The newest, once more than `after` have come."""
        until(lambda: len(self.codes(email)) > after, 60, f"the code for {email}")
        return self.codes(email)[-1]

    @contextmanager
    def service(self) -> Iterator[Service]:
        """Its own, in this process."""
        opened = open_service(self.settings)
        try:
            yield opened
        finally:
            opened.close()

    def keys(self, module: str) -> Keys:
        """What is right in the module as published."""
        with self.service() as service:
            return Keys(service.editions.current(module).module.asked)


class Caller(Visitor):
    """A browser that asks by a partnership's name, wherever the door is."""

    def at(self, other: Partnership) -> "Caller":
        """The same browser, cookies and all, at another's."""
        return Caller(other, self.jar, self.token)

    def _fetch(self, request: Request) -> Fetched:
        request.add_header("Host", self.running.host)  # type: ignore[attr-defined]
        return super()._fetch(request)

    def refused(self, path: str, *fields: tuple[str, str]) -> tuple[int, str]:
        """What is said of a request that is not granted; 0 where it is."""
        try:
            page = self.post(path, *fields) if fields else self.get(path)
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()
        return 0, page.html


class Several(Running):
    """Files in a folder, and the databases that they name."""

    starts_with = ("serve",)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, loaded=True)
        self.files = folder / "partnerships"
        self.files.mkdir()
        self.environment = {
            name: value
            for name, value in self.environment.items()
            if not name.startswith("QUIZBOT_")
        }
        self.environment |= {
            "QUIZBOT_PARTNERSHIPS": str(self.files),
            "QUIZBOT_METRICS_TOKEN": TOKEN,
            "QUIZBOT_LOG": "json",
            "QUIZBOT_LOG_REQUESTS": "yes",
        }

    def partnership(self, name: str, database_url: str, mail: smtp.Server) -> Partnership:
        """Its file comes into the folder last, as `quizbot partnerships add` does it."""
        place = self.folder / f"{name}-place.toml"
        title = f"{name.capitalize()} Partnership for Children"
        shipped = SHIPPED_PLACE.read_text()
        place.write_text(shipped.replace("Northmoor Safeguarding Children Partnership", title))
        given = {
            "database_url": database_url,
            "secret_key": f"the secret of {name} alone, of no use",
            "public_url": f"http://{name}.example:{self.port}",
            "mail_url": mail.url,
            "mail_from": f"{name.capitalize()} <quiz@{name}.example>",
            "place": str(place),
            "local_banks": str(BY_LETTER),
            "scim": "Northmoor",
        }
        write(self.files, name, **given)
        settings = Settings(_env_file=None, **given, partnership=name)  # type: ignore[arg-type]
        return Partnership(name, self, mail, settings)

    def own_database(self, name: str, filled: Path) -> str:
        """A copy of one that is filled: the same people, with the same ids, everywhere."""
        folder = self.folder / "var" / name
        folder.mkdir(parents=True)
        shutil.copy(filled, folder / "quizbot.db")
        return f"sqlite:///{folder / 'quizbot.db'}"

    def counts(self) -> dict[str, float]:
        """Each count by its name and labels."""
        request = urllib.request.Request(
            f"{self.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            told = answer.read().decode()
        pairs = (line.rpartition(" ") for line in told.splitlines() if line[0] != "#")
        return {name: float(value) for name, _, value in pairs}

    def lines(self) -> list[dict[str, object]]:
        """Every line of the log that is one of ours."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line[:1] == "{"]
