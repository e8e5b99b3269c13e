"""The doctor's look at the provider: does it take the key, and is there money on the account?

Rule: only the balance is read, which costs nothing. The bot would not submit below the floor, so
that too little is as broken as a wrong key.
"""

import asyncio
from typing import Final

from pydantic import SecretStr

from bot.adapters.apixo.client import Timeouts, open_client
from bot.adapters.impatient import ImpatientResolver
from bot.domain.errors import (
    ProviderEmptyError,
    ProviderError,
    ProviderForbiddenError,
    ProviderKeyRefusedError,
    ProviderLimitedError,
)
from bot.domain.finding import Finding
from bot.domain.money import Micros, show_dollars

LONGEST: Final = 10.0
"""Seconds, with every try."""
_NAME: Final = "provider"
_PATIENCE: Final = Timeouts(connect=4.0, read=6.0)
_HASTE: Final = 0.2
"""Somebody is waiting: shorter pauses between the tries than the bot makes."""
_PER_MINUTE: Final = 600
_TOP_UP: Final = "Put money on the provider's account: until then nothing is submitted."
_LATER: Final = (
    "Look at this machine's network, and at CLAPPER_APIXO_URL if you set it; look again."
)


def rehearses() -> Finding:
    """Nobody needs to be asked."""
    return Finding.ok(_NAME, "A rehearsal: nothing is spent.")


async def examine_provider(
    base_url: str, key: SecretStr | None, floor: Micros, *, seconds: float = LONGEST
) -> list[Finding]:
    """Reads the balance. Without a key nobody is asked: the look at the settings says so."""
    if key is None:
        return []
    try:
        async with (
            asyncio.timeout(seconds),
            open_client(
                base_url,
                key,
                per_minute=_PER_MINUTE,
                scale=_HASTE,
                timeouts=_PATIENCE,
                resolver=ImpatientResolver(),
            ) as client,
        ):
            balance = await client.balance()
    except TimeoutError:
        return [Finding.warning(_NAME, "It does not answer in time.", remedy=_LATER)]
    except ProviderError as error:
        return [_explain(error, floor)]
    return [judge_balance(balance.micros, floor)]


def judge_balance(left: Micros, floor: Micros) -> Finding:
    """Is that enough to work with?"""
    sentence = f"Takes the key; {show_dollars(left)} is left."
    if left <= 0:
        return Finding.broken(_NAME, sentence, remedy=_TOP_UP)
    if left < floor:
        sentence = f"{sentence[:-1]}, below the floor of {show_dollars(floor)}."
        remedy = f"{_TOP_UP} Or lower CLAPPER_BALANCE_FLOOR."
        return Finding.broken(_NAME, sentence, remedy=remedy)
    return Finding.ok(_NAME, sentence)


def _explain(error: ProviderError, floor: Micros) -> Finding:
    match error:
        case ProviderKeyRefusedError():
            remedy = "Copy the key again from the provider's site into APIXO_API_KEY."
            return Finding.broken(_NAME, "It does not take the key.", remedy=remedy)
        case ProviderEmptyError():
            return judge_balance(Micros(0), floor)
        case ProviderForbiddenError():
            remedy = "Look on the provider's site at what the key may do, or make another."
            return Finding.broken(_NAME, "The key may not read the balance.", remedy=remedy)
        case ProviderLimitedError():
            return Finding.warning(_NAME, "It asks to slow down.", remedy="Wait, then look again.")
        case _:
            return Finding.warning(_NAME, f"It cannot be asked: {error}.", remedy=_LATER)
