#!/usr/bin/env bash
# SQLAlchemy 2.1.9 with psycopg: a connection of an engine with postgresql_readonly=True comes back
# to the pool with read_only False, and not None as it was: each of its transactions then begins
# with READ WRITE. One would guess that it goes back to what the server has set.
# What it means: ALTER DATABASE … SET default_transaction_read_only = on stops whoever has a new
# connection, and not whoever has one that has read before: they write on, unseen.
# Set read_only to None at each checkout.
# Seen: "None, then False".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install sqlalchemy==2.1.9
cat > "$folder/try.py" <<'PY'
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg


class Driver:
    """As psycopg's connection: None leaves it to the server, False says READ WRITE."""

    read_only = None


dialect, driver = PGDialect_psycopg(), Driver()
before = driver.read_only
reads = dialect.connection_characteristics["postgresql_readonly"]
reads.set_characteristic(dialect, driver, True)
reads.reset_characteristic(dialect, driver)
print(f"{before}, then {driver.read_only}")
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "None, then False" ]
