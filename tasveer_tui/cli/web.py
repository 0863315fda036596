"""Serves the screens to browsers that know the secret, and to pages of our own only.

A page of another site may open a WebSocket to this machine, with cookies and all: so the cookie
is for pages of the same site, and a WebSocket must come from our own page (RFC 6455, 10.2).
"""

from __future__ import annotations

import secrets
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import click
from aiohttp import web
from textual_serve.server import Server

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler, Middleware

PAGES_DIR: Final = Path(__file__).with_name("pages")
SECRET_BYTES: Final = 24
_FORBIDDEN_TEXT: Final = "Open the address that the terminal shows: it has a secret in it.\n"


class WebServer(Server):
    """One address; behind it, a program for every tab."""

    def __init__(self, program: str, host: str, port: int, public_url: str | None = None) -> None:
        shown = f"[{host}]" if ":" in host else host
        super().__init__(
            program,
            host,
            port,
            title="tasveer-tui",
            public_url=(public_url or f"http://{shown}:{port}").rstrip("/"),
            templates_path=PAGES_DIR,
        )
        self.secret = secrets.token_urlsafe(SECRET_BYTES)
        self._cookie = f"tasveer-{port}"
        parts = urlsplit(self.public_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"

    @property
    def address(self) -> str:
        """What a person opens."""
        return f"{self.public_url}/?secret={self.secret}"

    def open(self) -> None:
        """Serve until interrupted. Raises OSError where nothing can listen."""
        app = self._make_app()
        web.run_app(app, host=self.host, port=self.port, print=self._print_address, access_log=None)

    def _print_address(self, *_: object) -> None:
        """Called once connections are taken."""
        click.echo(self.address)
        click.echo("ctrl+c ends it; jobs go on until they are done.", err=True)

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing yet: it is not known whether the port is free."""

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard())
        return app

    def _guard(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self._is_secret(request.query.get("secret", "")):
                return self._cookie_response()
            came_from = request.headers.get("Origin", self._origin)
            if came_from != self._origin or not self._is_secret(request.cookies.get(self._cookie)):
                return web.Response(status=HTTPStatus.FORBIDDEN, text=_FORBIDDEN_TEXT)
            return await handler(request)

        return guard

    def _is_secret(self, said: str | None) -> bool:
        return secrets.compare_digest((said or "").encode(), self.secret.encode())

    def _cookie_response(self) -> web.Response:
        """Keep the secret in a cookie, and out of the address and the history."""
        response = web.Response(
            status=HTTPStatus.SEE_OTHER, headers={"Location": f"{self.public_url}/"}
        )
        response.set_cookie(
            self._cookie,
            self.secret,
            httponly=True,
            samesite="Strict",
            secure=self._origin.startswith("https:"),
        )
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
