"""The screens in a browser: for those who know the secret, and for pages of our own."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.support.image_files import jpeg
from tests.support.program import Program
from tests.support.rabbitmq import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.range_server import RangeServer

pytestmark = pytest.mark.slow


@pytest.fixture
def program(range_server: RangeServer, tmp_path: Path) -> Program:
    range_server.put("photos", "trip/1.jpg", jpeg())
    return Program(tmp_path, range_server.url)


@contextmanager
def served(program: Program, *arguments: str) -> Iterator[str]:
    """The address that is shown; afterwards ctrl+c ends it well."""
    with subprocess.Popen(
        program.command("serve", "--port", str(free_port()), *arguments),
        env=program.environment(),
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
        finally:
            process.kill()


async def seen(socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
    """Wait until the program has drawn this."""
    drawn = b""
    async with asyncio.timeout(40):
        while text.encode() not in drawn:
            drawn += await socket.receive_bytes()


async def test_a_browser_that_knows_the_secret_uses_the_program_and_nobody_else_does(
    program: Program,
) -> None:
    with served(program, "s3://photos") as address:
        parts = urlsplit(address)
        home = f"{parts.scheme}://{parts.netloc}"
        assert parts.hostname == "127.0.0.1"
        async with aiohttp.ClientSession() as stranger:
            for path in ("/", "/ws", "/static/js/textual.js", "/?secret=guess"):
                async with stranger.get(home + path) as answer:
                    assert answer.status == 403
                    assert "URL that the terminal shows" in await answer.text()
        jar = aiohttp.CookieJar(unsafe=True)  # takes cookies of bare addresses, as browsers do
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            async with browser.get(address) as page:
                assert str(page.url) == f"{home}/"  # the secret is not left in the address
                cookie = page.history[0].headers["Set-Cookie"]
                assert "HttpOnly" in cookie
                assert "SameSite=Strict" in cookie
                text = await page.text()
            assert f"ws://{parts.netloc}/ws" in text
            assert "//fonts." not in text  # nothing comes from anywhere else
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await browser.ws_connect(f"{home}/ws", origin="http://evil.example")
            async with browser.ws_connect(f"{home}/ws?width=100&height=30", origin=home) as tab:
                await seen(tab, "trip/")
                await tab.send_json(["stdin", "?"])
                await seen(tab, "Keys that work here")
                await tab.send_json(["stdin", "\x1b"])
                await seen(tab, "trip/")
                await tab.send_json(["stdin", "q"])
                async with asyncio.timeout(20):
                    while not tab.closed:
                        await tab.receive()


def test_errors_are_reported_before_serving(program: Program) -> None:
    wrong = program.run("serve", "--no-such-option", code=2)
    assert "no-such-option" in wrong.stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = program.run("serve", "--port", str(taken.getsockname()[1]), code=2)
    assert "Cannot listen on 127.0.0.1" in busy.stderr
    assert "--port" in busy.stderr
