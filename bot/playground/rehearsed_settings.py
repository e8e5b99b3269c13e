"""The settings of a bot that rehearses: another provider, and nothing to spend.

Rule: what leads to the paid provider is replaced whole, so that no half of it is left.
"""

from bot.domain.servers import AllowedServers
from bot.playground.rehearsal import RehearsalProvider
from bot.settings import Settings


def rehearse_with(
    settings: Settings, provider: RehearsalProvider, *, speed: float | None = None
) -> Settings:
    """The same settings, with the rehearsal provider in place of the paid one."""
    changes: dict[str, object] = {
        "provider": "rehearsal",
        "apixo_url": provider.base_url,
        "apixo_api_key": None,
        "result_hosts": settings.result_hosts | {"127.0.0.1"},
    }
    if speed is not None:
        changes |= {
            "wait_scale": 1 / speed,
            "allowed_servers": AllowedServers(every=True),
            "web_port": 0,
        }
    return settings.model_copy(update=changes)
