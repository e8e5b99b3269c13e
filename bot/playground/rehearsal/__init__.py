"""A stand-in for the paid provider: a real HTTP server that renders small clips and spends nothing.

Rule: it imports nothing of the rest of the bot. It is a second, independent reading of the
provider's documentation, and only so can it catch a mistake in the first.

    async with RehearsalProvider(wait_scale=0.001, fast=True) as provider:
        provider.stage.next("submit", "created+reset")  # the words stand in acts.py
        ...  # let the bot work against provider.base_url with provider.key
        await provider.until(lambda books: books.succeeded)
        assert provider.books.billed_micros == 60_000
"""

from bot.playground.rehearsal.acts import (
    ACCOUNT_CODES,
    ACTS,
    CONTENT_CODES,
    FAIL_CODES,
    IMAGE_CODES,
    LORA_CODES,
    PROMPT_CODES,
    PROVIDER_CODES,
)
from bot.playground.rehearsal.books import Books, Delivery, Submission, TaskEntry
from bot.playground.rehearsal.server import RehearsalError, RehearsalProvider
from bot.playground.rehearsal.settings import Settings
from bot.playground.rehearsal.stage import WEATHERS, Stage

__all__ = [
    "ACCOUNT_CODES",
    "ACTS",
    "CONTENT_CODES",
    "FAIL_CODES",
    "IMAGE_CODES",
    "LORA_CODES",
    "PROMPT_CODES",
    "PROVIDER_CODES",
    "WEATHERS",
    "Books",
    "Delivery",
    "RehearsalError",
    "RehearsalProvider",
    "Settings",
    "Stage",
    "Submission",
    "TaskEntry",
]
