"""`/studio block` and `unblock`: members who may not make videos, words that prompts may not contain.

Rule: a block counts at once for all that is not paid yet, in line or still to be ordered; what is
being made is finished.
"""

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Clapper, localised
from bot.cards import Card, Press, Reader, Tone, code, notice_card
from bot.domain.ids import UserId
from bot.domain.policy import LONGEST_NAME
from cogs._admin import admin_of_allowed, is_offered
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._choices import choices
from cogs._decisions import Reason
from cogs._pages import page_at, page_card

BLOCKED = "blocked"
"""`clapper:blocked:FROM`: the lists, from this line on."""
Word = app_commands.Range[str, 1, LONGEST_NAME]


class Blocks(commands.Cog):
    """Who and what is not wanted."""

    @app_commands.command(
        name=localised("commands.studio.block.name"), description=localised("commands.studio.block")
    )
    @app_commands.describe(
        member=localised("commands.studio.block.member"),
        word=localised("commands.studio.block.word"),
        reason=localised("commands.budget.reason"),
    )
    async def block(
        self,
        interaction: Asked,
        member: discord.User | None = None,
        word: Word | None = None,
        reason: Reason | None = None,
    ) -> None:
        """A member, a word, or both; neither shows the lists."""
        decided = _decide(interaction, member, word, reason or "", block=True)
        await answer_with(interaction, decided)

    @app_commands.command(
        name=localised("commands.studio.unblock.name"),
        description=localised("commands.studio.unblock"),
    )
    @app_commands.describe(
        member=localised("commands.studio.unblock.member"),
        word=localised("commands.studio.unblock.word"),
        reason=localised("commands.budget.reason"),
    )
    async def unblock(
        self,
        interaction: Asked,
        member: discord.User | None = None,
        word: Word | None = None,
        reason: Reason | None = None,
    ) -> None:
        """The end of a block."""
        decided = _decide(interaction, member, word, reason or "", block=False)
        await answer_with(interaction, decided)

    @unblock.autocomplete("word")
    async def words(self, interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        """Words that are blocked."""
        if not await is_offered(interaction):
            return []
        guild = caller_of(interaction).guild
        words = await interaction.client.services.policies.list_blocked_words(guild)
        wanted = current.casefold()
        return choices((word, word) for word in words if wanted in word.casefold())


async def _decide(
    interaction: Asked,
    member: discord.User | discord.Member | None,
    word: str | None,
    reason: str,
    *,
    block: bool,
) -> Card:
    if member is None and word is None:
        return await blocked_card(interaction)
    reader, lines = interaction.client.reader(interaction), list[str]()
    verb = "block" if block else "unblock"
    if member is not None:
        done = await _decide_member(interaction, UserId(member.id), reason, block=block)
        lines.append(_said(reader, f"{verb}.member", f"<@{member.id}>", done=done))
    if word is not None:
        done = await _decide_word(interaction, word, reason, block=block)
        lines.append(_said(reader, f"{verb}.word", code(word, LONGEST_NAME + 2), done=done))
    if block:
        count = await interaction.client.services.turn_away(caller_of(interaction).guild)
        lines += [reader.say("studio.block.line", count=count)] if count else []
    return notice_card(reader.say(f"studio.{verb}.title"), "\n".join(lines), tone=Tone.GOOD)


async def _decide_member(interaction: Asked, member: UserId, reason: str, *, block: bool) -> bool:
    services, caller = interaction.client.services, caller_of(interaction)
    policies = services.policies
    act = policies.block_member if block else policies.unblock_member
    now = services.clock.now()
    return await act(caller.guild, member, actor=caller.member, reason=reason, now=now)


async def _decide_word(interaction: Asked, word: str, reason: str, *, block: bool) -> bool:
    services, caller = interaction.client.services, caller_of(interaction)
    act = services.policies.block_word if block else services.policies.unblock_word
    now = services.clock.now()
    return await act(caller.guild, word, actor=caller.member, reason=reason, now=now)


def _said(reader: Reader, what: str, whom: str, *, done: bool) -> str:
    return reader.say(f"studio.{what}" if done else f"studio.{what}.already", whom=whom)


async def blocked_card(interaction: Asked, start: int = 0) -> Card:
    """Members first, then words; a page of them."""
    services, caller = interaction.client.services, caller_of(interaction)
    reader = interaction.client.reader(interaction)
    blocked: list[UserId | str] = [
        *await services.policies.list_blocked_members(caller.guild),
        *await services.policies.list_blocked_words(caller.guild),
    ]
    return page_card(
        reader,
        reader.say("studio.block.list"),
        page_at(blocked, start, _blocked_line),
        BLOCKED,
        empty=reader.say("studio.block.none"),
    )


def _blocked_line(blocked: UserId | str) -> str:
    return code(blocked, LONGEST_NAME + 2) if isinstance(blocked, str) else f"<@{blocked}>"


async def turn_blocked(interaction: Asked, press: Press) -> None:
    """Another page."""
    await admin_of_allowed(interaction)
    card = await blocked_card(interaction, press.number)
    await interaction.response.edit_message(view=card)


def listen(bot: Clapper) -> None:
    """To the pages' buttons."""
    bot.on_press(BLOCKED, turn_blocked)
