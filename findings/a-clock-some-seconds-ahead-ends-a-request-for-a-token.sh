#!/usr/bin/env bash
# lti1p3platform 0.1.8: a tool whose clock is some seconds ahead of the platform's is refused a token with
# PyJWT's ImmatureSignatureError, which is none of the library's own exceptions (LtiException): a platform that
# catches those, as the library offers them for, answers nothing.
# One would guess some seconds of leeway, as the security framework of 1EdTech expects clocks to differ, or
# an LtiException.
# What it means for who sends results to such a platform: put "iat" a few seconds back, and try again later.
# Seen: "now: taken", "10 seconds ahead: ImmatureSignatureError, of the library: False".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --quiet --disable-pip-version-check install lti1p3platform==0.1.8 joserfc==1.8.0
cat > "$folder/try.py" <<'PY'
import time

import jwt
from joserfc.jwk import RSAKey
from lti1p3platform.exceptions import LtiException
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.registration import Registration

KEYS = [RSAKey.generate_key(2048, {"kid": name}, auto_kid=False) for name in ("tool", "platform")]
TOOL, PLATFORM = (key.as_pem(private=True).decode() for key in KEYS)
TOKENS = "https://course.example/token"


class Platform(LTI1P3PlatformConfAbstract):
    def init_platform_config(self, **given):
        self._registration = given["registration"]

    def get_registration_by_params(self, **_):
        return self._registration


registration = Registration()
registration.set_iss("https://course.example").set_client_id("tool").set_deployment_id("1")
registration.set_platform_private_key(PLATFORM)
registration.set_tool_key_set({"keys": [{**KEYS[0].as_dict(private=False), "alg": "RS256"}]})
platform = Platform(registration=registration)

for ahead, told in ((-1, "now"), (10, "10 seconds ahead")):
    now = int(time.time()) + ahead
    claims = {"iss": "tool", "sub": "tool", "aud": TOKENS, "iat": now, "exp": now + 60, "jti": told}
    signed = jwt.encode(claims, TOOL, algorithm="RS256", headers={"kid": "tool"})
    asked = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": signed,
        "scope": "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    }
    try:
        platform.get_access_token(asked)
        print(f"{told}: taken")
    except Exception as error:
        own = isinstance(error, LtiException)
        print(f"{told}: {type(error).__name__}, of the library: {own}")
PY
said=$("$folder/venv/bin/python" -W ignore "$folder/try.py")
printf '%s\n' "$said"
[ "$said" = "now: taken
10 seconds ahead: ImmatureSignatureError, of the library: False" ]
