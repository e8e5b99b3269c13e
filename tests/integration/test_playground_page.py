"""The page as a browser fetches it: fixed files, under a policy that runs nothing else."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from bot.playground import page
from bot.playground.local_discord import LocalDiscord


@asynccontextmanager
async def served() -> AsyncGenerator[tuple[aiohttp.ClientSession, str]]:
    async with (
        LocalDiscord(routes=page.routes()) as server,
        aiohttp.ClientSession() as session,
    ):
        yield session, server.origin


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/page/app.js", "text/javascript"),
        ("/page/style/theme.css", "text/css"),
        ("/page/style/mark.svg", "image/svg+xml"),
        ("/page/style/fonts/inter-latin.woff2", "font/woff2"),
    ],
)
async def test_a_file_comes_with_its_type_and_the_policy(path: str, kind: str) -> None:
    async with served() as (session, origin), session.get(origin + path) as response:
        assert (response.status, response.content_type) == (200, kind)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["__init__.py", "../__init__.py", "..%2f__init__.py", "%2e%2e/story.py", "nothing.js", "core"],
)
async def test_nothing_else_is_given_out(path: str) -> None:
    async with served() as (session, origin):
        url = URL(f"{origin}/page/{path}", encoded=True)
        async with session.get(url) as response:
            assert response.status == 404


async def test_every_file_that_the_page_names_is_there() -> None:
    async with served() as (session, origin):
        async with session.get(origin) as response:
            text = await response.text()
        named = [part.split('"')[0] for part in text.split('="/page/')[1:]]
        assert "app.js" in named
        for name in named:
            async with session.get(f"{origin}/page/{name}") as response:
                assert response.status == 200, name


def test_the_style_of_the_panel_reaches_nothing_beside_it() -> None:
    text = (Path(page.__file__).parent / "stage" / "stage.css").read_text()
    bare = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).strip()
    opening, rules = bare.partition("{")[::2]
    assert opening.strip() == ":where(#stage)"
    depth = 1
    for at, sign in enumerate(rules):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth > 0 or at == len(rules) - 1, rules[at : at + 80]
    assert depth == 0
