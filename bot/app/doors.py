"""The one error door: whatever went wrong behind a command, a button, a menu or a form ends here.

Rule: a member reads a sentence of the catalogue and never an exception's text. An error that nobody
foresaw gets a number, which stands in the log beside everything else.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp
import discord
from discord import app_commands

from bot.cards import Card, Reader, Tone, notice_card
from bot.domain.errors import (
    AmountUnreadableError,
    MomentUnreadableError,
    MonthUnreadableError,
    NotFoundError,
    ProviderError,
    StoreError,
)
from bot.log import get_logger

Answer = Callable[[Reader, Any], Card]
"""Makes the card for an error."""

CUT_OFF: Final = (aiohttp.ClientError, OSError)
"""What is raised where the line to Discord breaks: before a request took effect, or after."""
_TOO_LATE: Final = frozenset(
    {
        10062,  # unknown interaction: more than three seconds went by
        10015,  # unknown webhook: the token is dead
        50027,  # invalid webhook token: more than fifteen minutes
        40060,  # acknowledged already: a 5xx hid an answer that took effect
    }
)


class Door:
    """Tells members what went wrong, and the log what nobody foresaw."""

    def __init__(self, reader: Callable[[discord.Interaction[Any]], Reader]) -> None:
        """`reader` says who asked."""
        self._reader = reader
        self._answers: dict[type[Exception], Answer] = dict(_ANSWERS)

    def explain(self, kind: type[Exception], answer: Answer) -> None:
        """Sets what is said for a kind of error, in place of what was said before."""
        self._answers[kind] = answer

    async def meet(self, interaction: discord.Interaction[Any], error: BaseException) -> None:
        """Answers privately, whatever was answered before. Never raises."""
        error = _original(error)
        if _is_too_late(error):
            get_logger(__name__).info("An answer came too late", interaction=interaction.id)
            return
        try:
            await answer_privately(interaction, self._card(interaction, error))
        except (discord.HTTPException, *CUT_OFF) as failure:
            get_logger(__name__).info("An error was not told", why=type(failure).__name__)

    def _card(self, interaction: discord.Interaction[Any], error: BaseException) -> Card:
        reader = self._reader(interaction)
        for kind in type(error).__mro__:
            answer = self._answers.get(kind)
            if answer is not None:
                return answer(reader, error)
        return _unexpected(reader, interaction, error)


async def answer_privately(interaction: discord.Interaction[Any], card: Card) -> None:
    """The answer if there was none, else one more message for this member alone."""
    if interaction.response.is_done():
        await interaction.followup.send(view=card, ephemeral=True)
    else:
        await interaction.response.send_message(view=card, ephemeral=True)


def _original(error: BaseException) -> BaseException:
    if isinstance(error, app_commands.CommandInvokeError):
        return error.original
    if isinstance(error, app_commands.TransformerError) and error.__cause__ is not None:
        return error.__cause__
    return error


def _is_too_late(error: BaseException) -> bool:
    return isinstance(error, discord.HTTPException) and error.code in _TOO_LATE


def _unexpected(
    reader: Reader, interaction: discord.Interaction[Any], error: BaseException
) -> Card:
    incident = secrets.token_hex(3).upper()
    data: Mapping[str, Any] = interaction.data or {}
    get_logger(__name__).error(
        "A door failed",
        incident=incident,
        asked=interaction.command.qualified_name if interaction.command else data.get("custom_id"),
        guild=interaction.guild_id,
        exc_info=error,
    )
    return _said("door.unexpected", tone=Tone.BAD, incident=incident)(reader, error)


def _said(key: str, *, tone: Tone = Tone.CAREFUL, **facts: object) -> Answer:
    def answer(reader: Reader, _error: Any) -> Card:
        return notice_card(reader.say("door.title"), reader.say(key, **facts), tone=tone)

    return answer


def _amount(reader: Reader, error: AmountUnreadableError) -> Card:
    return _said(f"door.amount.{error.fault}")(reader, error)


def _moment(reader: Reader, error: MomentUnreadableError) -> Card:
    return _said(f"door.moment.{error.fault}")(reader, error)


def _month(reader: Reader, error: MonthUnreadableError) -> Card:
    return _said(f"door.month.{error.fault}")(reader, error)


def _slowly(reader: Reader, error: app_commands.CommandOnCooldown) -> Card:
    at = datetime.now(UTC) + timedelta(seconds=error.retry_after + 1)
    return _said("door.slowly", at=at)(reader, error)


def _bot_permission(reader: Reader, error: app_commands.BotMissingPermissions) -> Card:
    names = [f"`{name}`" for name in error.missing_permissions]
    return _said("door.bot-permission", permissions=names)(reader, error)


_ANSWERS: Final[Mapping[type[Exception], Answer]] = {
    StoreError: _said("door.store"),
    NotFoundError: _said("door.missing"),
    ProviderError: _said("door.provider"),
    AmountUnreadableError: _amount,
    MomentUnreadableError: _moment,
    MonthUnreadableError: _month,
    discord.DiscordServerError: _said("door.discord"),
    discord.RateLimited: _said("door.discord"),
    aiohttp.ClientError: _said("door.discord"),
    app_commands.CheckFailure: _said("door.permission"),
    app_commands.NoPrivateMessage: _said("door.guild-only"),
    app_commands.CommandOnCooldown: _slowly,
    app_commands.BotMissingPermissions: _bot_permission,
    app_commands.CommandNotFound: _said("door.stale-command"),
    app_commands.CommandSignatureMismatch: _said("door.stale-command"),
    app_commands.TransformerError: _said("door.stale-command"),
}
