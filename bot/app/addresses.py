"""Points discord.py at another Discord, such as the local one.

The library keeps its addresses in classes: whoever changes them changes them for the whole process.

Rule: they are changed only where the settings ask for it, and put back when the bot ends.
"""

from collections.abc import Generator
from contextlib import contextmanager

import yarl
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route


@contextmanager
def pointed_at(api_url: str | None, gateway_url: str | None) -> Generator[None]:
    """For a block. None: Discord's own address stays."""
    old, assets = (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY), Asset.BASE
    if api_url is not None:
        Route.BASE = api_url
        _point_assets(str(yarl.URL(api_url).origin()))
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = old
        _point_assets(assets)


def _point_assets(base: str) -> None:
    """Of avatars and icons. The files of messages come with their whole addresses."""
    Asset.BASE = base  # pyright: ignore[reportAttributeAccessIssue] - typed as the one address
