"""The doctor's look at the settings.

Rule: it says what is set, never to what where that is secret. What only `run` needs is no fault of
a folder that is merely looked at, so a missing token is a warning.
"""

from collections.abc import Iterator

from bot.domain.errors import SettingsError
from bot.domain.finding import Finding
from bot.domain.money import show_dollars
from bot.models import discover
from bot.models.prices import read_prices
from bot.settings import Settings, list_strangers


def examine_settings(settings: Settings) -> list[Finding]:
    """Is everything there that `run` needs, and what will it do with it?"""
    return list(_examine(settings))


def _examine(settings: Settings) -> Iterator[Finding]:
    yield _secret("DISCORD_TOKEN", present=settings.discord_token is not None)
    yield _provider(settings)
    yield _allowed(settings)
    yield Finding.ok(
        "caps",
        f"{show_dollars(settings.daily_cap)} a day and {show_dollars(settings.monthly_cap)} a month"
        " over all servers.",
    )
    yield _prices(settings)
    yield _public(settings)
    for name in list_strangers():
        remedy = "Remove it from the environment, or correct its name: it does nothing."
        yield Finding.warning(name[:60], "Is no setting of Clapper's.", remedy=remedy)


def _secret(name: str, *, present: bool) -> Finding:
    if present:
        return Finding.ok(name, "Set.")
    remedy = "Set it in the environment or in .env: the bot cannot run without it."
    return Finding.warning(name, "Not set.", remedy=remedy)


def _provider(settings: Settings) -> Finding:
    if settings.provider == "rehearsal":
        return Finding.ok("APIXO_API_KEY", "Not needed: the rehearsal provider spends nothing.")
    return _secret("APIXO_API_KEY", present=settings.apixo_api_key is not None)


def _allowed(settings: Settings) -> Finding:
    servers = settings.allowed_servers
    if servers.every:
        return Finding.ok("servers", "Every server that the bot is in may spend.")
    if servers.ids:
        return Finding.ok("servers", f"{len(servers.ids)} may spend.")
    remedy = "Name their ids in CLAPPER_ALLOWED_SERVERS."
    return Finding.warning("servers", "None may spend.", remedy=remedy)


def _prices(settings: Settings) -> Finding:
    if settings.prices is None:
        return Finding.ok("prices", "Those that Clapper comes with.")
    try:
        read_prices(settings.prices, discover())
    except SettingsError as error:
        return Finding.broken("prices", str(error), remedy="Correct the file or CLAPPER_PRICES.")
    return Finding.ok("prices", f"{settings.prices} replaces those that Clapper comes with.")


def _public(settings: Settings) -> Finding:
    if settings.public_url is None:
        return Finding.ok("public address", "None: no callbacks and no links to clips.")
    return Finding.ok("public address", settings.public_url)
