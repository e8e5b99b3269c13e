"""The settings of a bot that rehearses: another provider, and nothing to spend.

Rule: what leads to the paid provider is replaced whole, so that no half of it is left.
"""

from bot.playground.rehearsal import RehearsalProvider
from bot.settings import Settings


def rehearse_with(settings: Settings, provider: RehearsalProvider) -> Settings:
    """The same settings, with the rehearsal provider in place of the paid one."""
    return settings.model_copy(
        update={
            "provider": "rehearsal",
            "apixo_url": provider.base_url,
            "apixo_api_key": None,
            "result_hosts": settings.result_hosts | {"127.0.0.1"},
        }
    )
