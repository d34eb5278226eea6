"""The examples below deploy/: each is taken by the program that it is for, where that is here."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from quizbot.cli import quizbot
from quizbot.config import Settings
from quizbot.partnerships import Partnerships
from tests.house import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SBIN = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"


def program(name, example):
    """Where a program is; the test is left out, and says so, where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path=SBIN)
    if found is None:
        pytest.skip(f"{name} is not installed here, so nothing looked at {example}")
    return found


def accepts(*command, **given):
    """Run a program that looks at an example; what it said, which must be nothing bad."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **given)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_systemd_takes_every_unit(tmp_path):
    systemd = program("systemd-analyze", "deploy/systemd")
    for unit in UNITS:
        text = unit.read_text().replace("/opt/knowledge/.venv/bin/quizbot", "/bin/true")
        text = re.sub(r"^User=.*|^Documentation=.*", "", text, flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text)

    said = accepts(systemd, "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS))

    assert [line for line in said.splitlines() if "knowledge" in line] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_command_of_a_unit_is_one_of_ours(unit):
    for words in re.findall(r"^ExecStart=.*?bin/quizbot ([\w -]+)", unit.read_text(), re.MULTILINE):
        command = [word for word in words.split() if not word.startswith("-")]
        options = [word for word in words.split() if word.startswith("--")]

        told = CliRunner().invoke(quizbot, [*command, "--help"])

        assert told.exit_code == 0, words
        assert all(option in told.output for option in options), words


def test_the_service_is_stopped_by_its_first_process():
    service = (DEPLOY / "systemd" / "knowledge.service").read_text()

    assert "\nKillMode=mixed\n" in service  # else web workers hang up on who has just come


def certificate(folder: Path) -> None:
    """A key and a certificate for nobody, where nginx looks for them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "knowledge.example.org")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def test_nginx_takes_its_example(tmp_path):
    nginx = program("nginx", "deploy/nginx/knowledge.conf")
    certificate(tmp_path)
    site = (DEPLOY / "nginx" / "knowledge.conf").read_text()
    ours = site.replace("/etc/ssl/knowledge", str(tmp_path))
    ours = ours.replace("/var/log/nginx", str(tmp_path))
    for port in ("80", "443"):
        ours = ours.replace(f":{port}", f":1{port}").replace(f"listen {port}", f"listen 1{port}")
    (tmp_path / "site.conf").write_text(ours)
    folders = "".join(
        f"{name}_temp_path {tmp_path / name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}}"
        f" http {{ access_log off; {folders} include {tmp_path}/site.conf; }}"
    )

    said = accepts(nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"))

    assert "[warn]" not in said


@pytest.mark.parametrize("name", ["haproxy-pages.cfg", "haproxy-database.cfg"])
def test_haproxy_takes_its_example_with_a_certificate_and_is_not_root(tmp_path, name):
    haproxy = program("haproxy", f"deploy/cluster/{name}")
    certificate(tmp_path)
    both = (tmp_path / "fullchain.pem", tmp_path / "privkey.pem")
    (tmp_path / "knowledge.pem").write_bytes(b"".join(file.read_bytes() for file in both))
    text = (DEPLOY / "cluster" / name).read_text()
    ours = re.sub(r"# (bind|http-request redirect)", r"\1", text)
    (tmp_path / name).write_text(
        ours.replace("/etc/ssl/knowledge.pem", f"{tmp_path}/knowledge.pem")
    )

    said = accepts(haproxy, "-c", "-f", str(tmp_path / name))

    assert "WARNING" not in said
    assert "\n    user haproxy\n    group haproxy\n" in text
    assert ("redirect scheme https" in ours) == (name == "haproxy-pages.cfg")


def test_caddy_takes_its_example(tmp_path):
    caddy = program("caddy", "deploy/caddy/Caddyfile")
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    file = DEPLOY / "caddy" / "Caddyfile"

    said = accepts(caddy, "validate", "--adapter", "caddyfile", "--config", str(file), env=home)

    assert "Valid configuration" in said


def test_no_proxy_writes_down_who_asked_for_what():
    nginx = (DEPLOY / "nginx" / "knowledge.conf").read_text()
    caddy = (DEPLOY / "caddy" / "Caddyfile").read_text()

    assert re.findall(r"^ *access_log (.*);", nginx, re.MULTILINE) == ["off"]
    assert re.findall(r"^ *error_log \S+ (.*);", nginx, re.MULTILINE) == ["crit"]
    assert "exclude http.log.error" in caddy  # and without \"log\" in a site it has no other
    assert "\tlog" not in caddy.partition("\n}\n")[2]


@pytest.fixture(scope="module")
def compose():
    """The compose file, read by the YAML reader that comes with the browser's driver."""
    import playwright

    driver = Path(playwright.__file__).parent / "driver"
    reader = (
        f"const {{ yaml }} = require('{driver}/package/lib/utilsBundle.js');"
        "const text = require('fs').readFileSync(0, 'utf8');"
        "console.log(JSON.stringify(yaml.parse(text, { merge: true })))"
    )
    text = (DEPLOY / "container" / "compose.yaml").read_text()
    return json.loads(accepts(str(driver / "node"), "-e", reader, input=text))


def test_the_compose_file_has_all_four_parts_and_no_password(compose):
    services = compose["services"]

    assert set(services) == {"web", "work", "bot", "database"}
    assert services["bot"]["profiles"] == ["telegram"]
    for name in ("web", "work", "bot"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert (DEPLOY / "container" / services[name]["build"]["context"]).resolve() == ROOT
        assert (ROOT / services[name]["build"]["dockerfile"]).is_file()
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"]
    assert services["database"]["environment"]["POSTGRES_PASSWORD"] == "${DATABASE_PASSWORD:?}"
    mounted = {v for one in services.values() for v in one["volumes"]}
    beside = {v for v in mounted if v.startswith("./")}
    assert beside == {"./files:/var/lib/knowledge/files:ro"}
    assert {v.partition(":")[0] for v in mounted - beside} == set(compose["volumes"])


def test_what_the_container_is_built_from_is_here():
    lines = (DEPLOY / "container" / "Containerfile").read_text().replace("\\\n", " ").splitlines()
    copied = [line.split()[1:-1] for line in lines if re.match(r"COPY (?!--from)", line)]

    assert all((ROOT / name).exists() for names in copied for name in names)
    (command,) = [json.loads(line[4:]) for line in lines if line.startswith("CMD [")]
    assert CliRunner().invoke(quizbot, [command[1], "--help"]).exit_code == 0
    assert {"USER knowledge", "VOLUME /var/lib/knowledge/var"} <= set(lines)


def test_the_pages_are_asked_how_they_are_whoever_built_the_image(compose):
    text = (DEPLOY / "container" / "Containerfile").read_text().replace("\\\n", " ")
    (ours,) = re.findall(r"^HEALTHCHECK .* CMD (\[.*\])$", text, re.MULTILINE)

    assert compose["services"]["web"]["healthcheck"]["test"] == ["CMD", *json.loads(ours)]
    assert "podman build --format docker " in text


def test_the_container_can_back_up_the_database_beside_it(compose):
    text = (DEPLOY / "container" / "Containerfile").read_text()
    _, run = text.split("\nFROM docker.io/library/python:3.13-slim-trixie\n")

    assert " postgresql-client " in run  # Debian 13 (trixie) has those of version 17
    assert compose["services"]["database"]["image"] == "docker.io/library/postgres:17"
    assert " -m 700 " in run
    assert "/var/lib/knowledge/var/backups\n" in run


def test_the_list_of_examples_names_each():
    told = (DEPLOY / "README.md").read_text()

    for path in DEPLOY.rglob("*.*"):
        theirs = path.parent.name == "files"  # an operator's own, which containers read
        if path.is_file() and not theirs and path.name != "README.md":
            assert path.name in told or path.suffix == ".timer", path
    assert not re.search(r"password\s*[:=]\s*\w", told, re.IGNORECASE)


def test_the_files_of_partnerships_are_taken_side_by_side(tmp_path):
    place = ROOT / "questions" / "place.toml"
    for file in sorted((DEPLOY / "partnerships").glob("*.env")):
        text = re.sub(r"/var/lib/knowledge/places/\w+\.toml", str(place), file.read_text())
        (tmp_path / file.name).write_text(text)
    process = Settings(_env_file=None, partnerships=tmp_path)

    found = Partnerships.of(process)

    assert found.faults == {}
    assert set(found.served) == {"northmoor", "southbay"}
