"""Signature Version 4 for S3 GET requests without a body.

botocore's own signer costs as much CPU as the whole rest of a ranged GET; this one keeps the
day's signing key and writes the canonical request directly. The tests hold it to botocore's.
"""

from __future__ import annotations

import hashlib
import hmac
from time import gmtime, strftime
from typing import Protocol

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


class Credentials(Protocol):
    """Credentials at one moment; botocore's frozen credentials are such."""

    @property
    def access_key(self) -> str:
        """The public half."""

    @property
    def secret_key(self) -> str:
        """Never logged, never shown."""

    @property
    def token(self) -> str | None:
        """Of temporary credentials."""


class Signer:
    """Signs for one region; thread-safe."""

    def __init__(self, region: str) -> None:
        self.region = region
        self._signing_key_cache = ("", "", b"")

    def sign(self, keys: Credentials, path: str, query: str, headers: dict[str, str]) -> None:
        """Add what makes `headers` (lower-case names, with `host`) a signed request.

        `path` and `query` are as they will stand on the wire, `query` in canonical order.
        """
        stamp = strftime("%Y%m%dT%H%M%SZ", gmtime())
        headers["x-amz-content-sha256"] = EMPTY_SHA256
        headers["x-amz-date"] = stamp
        if keys.token:
            headers["x-amz-security-token"] = keys.token
        names = sorted(headers)
        signed = ";".join(names)
        lines = "\n".join([f"{name}:{' '.join(headers[name].split())}" for name in names])
        request = f"GET\n{path}\n{query}\n{lines}\n\n{signed}\n{EMPTY_SHA256}"
        digest = hashlib.sha256(request.encode()).hexdigest()
        scope = f"{stamp[:8]}/{self.region}/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
        key = self._signing_key(keys.secret_key, stamp[:8])
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={keys.access_key}/{scope}, "
            f"SignedHeaders={signed}, Signature={signature}"
        )

    def _signing_key(self, secret: str, day: str) -> bytes:
        known_secret, known_day, key = self._signing_key_cache
        if known_secret == secret and known_day == day:
            return key
        key = f"AWS4{secret}".encode()
        for part in (day, self.region, "s3", "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        self._signing_key_cache = (secret, day, key)
        return key
