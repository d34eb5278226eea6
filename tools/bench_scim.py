"""How long a directory takes to send a whole workforce, one by one, and the service to take it in.

python -m tools.bench_scim [PEOPLE]: looks for each by name, then sends them, as Entra does, through
the application in this process, on SQLite in a temporary folder, every write flushed.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from quizbot.config import Settings
from quizbot.people.scim.pace import RequestPace
from quizbot.service import open_service
from quizbot.store.migrate import upgrade
from web import create_app

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
UNITS = 200


def main(people: int) -> None:
    """Send them, take them in, and say how long both took."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None,
            database_url=f"sqlite:///{folder}/quizbot.db",
            secret_key="only for a measurement, of no use",  # noqa: S106
            mail_url=f"file:{folder}/mail",
            scim="Northmoor",
        )
        service = open_service(settings)
        upgrade(service.database)
        file = Path(folder) / "people.csv"
        lines = ["staff_ref,name,unit,job,started_on"]
        lines += [f"U{n},Head {n},Northmoor/Council/Team {n},Head,2020-01-01" for n in range(UNITS)]
        file.write_text("\n".join(lines))
        service.people.import_file(file, make_units=True)
        token = service.scim_tokens.make("measurement")
        service.scim.pace = RequestPace(a_second=1e6, at_once=1e6)
        client = create_app(service).test_client()
        headers = {"Authorization": f"Bearer {token}"}
        client.get("/scim/v2/Schemas", headers=headers)  # what is loaded once
        began, worked = time.monotonic(), time.process_time()
        for n in range(people):
            name = f"person{n}@northmoor.example"
            found = client.get(f'/scim/v2/Users?filter=userName eq "{name}"', headers=headers)
            assert found.get_json()["totalResults"] == 0
            body = {
                "schemas": [USER, ENTERPRISE],
                "userName": name,
                "displayName": f"Person {n}",
                "title": "Social worker",
                "active": True,
                "emails": [{"type": "work", "value": name, "primary": True}],
                ENTERPRISE: {"employeeNumber": f"E{n}", "department": f"Team {n % UNITS}"},
            }
            sent = client.post("/scim/v2/Users", data=json.dumps(body), headers=headers)
            assert sent.status_code == 201, sent.data
        sent_in, of_cpu = time.monotonic() - began, time.process_time() - worked
        began = time.monotonic()
        done = service.directory.take_in()
        taken_in = time.monotonic() - began
        began = time.monotonic()
        service.directory.take_in()
        again = time.monotonic() - began
        print(f"{people} people sent in {sent_in:.1f} s, {of_cpu:.1f} s of it of this CPU")
        print(f"taken in in {taken_in:.1f} s: {done}")
        print(f"the same again in {again:.1f} s")
        print(service.directory.state())
        service.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
