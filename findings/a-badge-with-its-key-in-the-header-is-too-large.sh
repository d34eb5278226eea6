#!/usr/bin/env bash
# joserfc 1.8.0: a token whose header is longer than 512 bytes is refused before anything of it is verified. Open Badges 3.0 (8.2) has an
# issuer write the public key into the header as `jwk` where there is no `kid`, and an RSA key of 2048 bits alone takes most of them: a
# badge that is right by the rules, and signed by RS256, which every verifier must take, cannot be read.
# One would guess that a library for such tokens reads the headers that the rules of badges ask for.
# What it means for a reader that builds on it: set `max_header_length` of a registry of your own, and bound the whole token.
# Seen: "ExceededSizeError: Header size exceeds 512 bytes.", and with a longer bound the content.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install joserfc==1.8.0 "pyjwt[crypto]==2.15.1"
cat > "$folder/try.py" <<'PY'
import jwt
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry


class Longer(JWSRegistry):
    max_header_length = 8192


key = RSAKey.generate_key(2048)
badge = jwt.encode({"iss": "https://example.org"}, key.private_key, "RS256", {"jwk": key.as_dict(private=False)})
for registry in (JWSRegistry, Longer):
    try:
        print(jws.deserialize_compact(badge.encode(), key, registry=registry(algorithms=["RS256"])).payload.decode())
    except JoseError as error:
        print(f"{type(error).__name__}: {error.description}")
PY
said=$("$folder/venv/bin/python" "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = 'ExceededSizeError: Header size exceeds 512 bytes.
{"iss":"https://example.org"}' ]
