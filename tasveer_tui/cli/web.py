"""Serves the screens to browsers that know the secret, and only to our own pages.

A page of another site can open a WebSocket to this machine, and the browser sends our cookie with
it. So the cookie is SameSite, and a WebSocket must name our own origin (RFC 6455, section 10.2).
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
_FORBIDDEN_TEXT: Final = "Open the URL that the terminal shows: it contains a secret.\n"


class WebServer(Server):
    """One URL; each browser tab gets its own instance of the program."""

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
        """The URL for the user, with the secret."""
        return f"{self.public_url}/?secret={self.secret}"

    def open(self) -> None:
        """Serve until interrupted. Raises OSError if the port is not free."""
        app = self._make_app()
        web.run_app(app, host=self.host, port=self.port, print=self._print_address, access_log=None)

    def _print_address(self, *_: object) -> None:
        """Called when the server accepts connections."""
        click.echo(self.address)
        click.echo("Press Ctrl+C to stop. Jobs continue until they are done.", err=True)

    async def on_startup(self, app: web.Application) -> None:
        """Print nothing yet: the port may not be free."""

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard())
        return app

    def _guard(self) -> Middleware:
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if self._is_secret(request.query.get("secret", "")):
                return self._cookie_response()
            origin = request.headers.get("Origin", self._origin)
            if origin != self._origin or not self._is_secret(request.cookies.get(self._cookie)):
                return web.Response(status=HTTPStatus.FORBIDDEN, text=_FORBIDDEN_TEXT)
            return await handler(request)

        return guard

    def _is_secret(self, text: str | None) -> bool:
        return secrets.compare_digest((text or "").encode(), self.secret.encode())

    def _cookie_response(self) -> web.Response:
        """Move the secret into a cookie, out of the URL and the browser history."""
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
