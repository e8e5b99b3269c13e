"""`/studio admin-role` and `time-zone`: who else decides, and when a day begins.

Rule: a changed zone moves no money that was used, and ends no period twice.
"""

import asyncio
import re
import unicodedata
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Clapper, localised
from bot.cards import Card, Press, Tone, notice_card
from bot.domain.errors import PolicyRefusedError, SorryError
from bot.domain.ids import RoleId
from cogs._admin import admin_of_allowed, is_offered
from cogs._answer import answer_with
from cogs._caller import Asked, caller_of
from cogs._choices import choices
from cogs._decisions import change_card, change_rules
from cogs._pages import page_at, page_card

ADMIN_ROLES = "admin-roles"
"""`clapper:admin-roles:FROM`."""
LONGEST_ZONE = 64
_MISLEADING: Final = re.compile(r"Etc/GMT[+-][1-9].*|[EMH]ST")
"""`Etc/GMT+5` is five hours *behind* London, and `EST` knows no summer: nobody means that."""


class Region(commands.Cog):
    """The two commands."""

    @app_commands.command(
        name=localised("commands.studio.admin-role.name"),
        description=localised("commands.studio.admin-role"),
    )
    @app_commands.describe(
        role=localised("commands.studio.admin-role.role"),
        allowed=localised("commands.studio.admin-role.allowed"),
    )
    async def admin_role(
        self,
        interaction: Asked,
        role: discord.Role | None = None,
        allowed: bool = True,
    ) -> None:
        """A role that may decide like Manage Server; none shows which may."""
        decided = _set_role(interaction, role, allowed=allowed)
        await answer_with(interaction, decided)

    @app_commands.command(
        name=localised("commands.studio.time-zone.name"),
        description=localised("commands.studio.time-zone"),
    )
    @app_commands.describe(zone=localised("commands.studio.time-zone.zone"))
    async def time_zone(
        self, interaction: Asked, zone: app_commands.Range[str, 1, LONGEST_ZONE]
    ) -> None:
        """Where days, weeks and months begin."""
        await answer_with(interaction, _set_zone(interaction, zone.strip()))

    @time_zone.autocomplete("zone")
    async def zones(self, interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        """Zones by the beginning of any word of their name, with their time now."""
        if not await is_offered(interaction):
            return []
        now = interaction.client.services.clock.now()
        begins = re.compile(rf"(?:^|[/_-]){re.escape(_plain(current))}", re.IGNORECASE)
        fitting = [name for name in _zones() if begins.search(name)]
        return choices((f"{name} ({_clock(now, name)})", name) for name in fitting)


@cache
def _zones() -> tuple[str, ...]:
    """Cities first: `Europe/Berlin` before `CET`."""
    names = (name for name in available_timezones() if not _MISLEADING.fullmatch(name))
    return tuple(sorted(names, key=lambda it: ("/" not in it, it != "UTC", it)))


def _plain(typed: str) -> str:
    """A city as zones are spelt: without accents, and with underscores."""
    flat = unicodedata.normalize("NFKD", typed.strip().casefold())
    return "".join(it for it in flat if not unicodedata.combining(it)).replace(" ", "_")


def _clock(now: datetime, zone: str) -> str:
    return f"{now.astimezone(ZoneInfo(zone)):%H:%M}"


async def _set_role(interaction: Asked, role: discord.Role | None, *, allowed: bool) -> Card:
    if role is None:
        return await roles_card(interaction)
    if role.is_default():
        raise SorryError("studio.admin-role.everyone")
    services, caller = interaction.client.services, caller_of(interaction)
    reader, policies = interaction.client.reader(interaction), services.policies
    change = policies.add_admin_role if allowed else policies.remove_admin_role
    done = await change(
        caller.guild, RoleId(role.id), actor=caller.member, now=services.clock.now()
    )
    what = "added" if allowed else "removed"
    key = f"studio.admin-role.{what}" if done else f"studio.admin-role.{what}.already"
    return notice_card(
        reader.say("studio.admin-role.title"),
        reader.say(key, role=f"<@&{role.id}>"),
        reader.say("studio.admin-role.hidden") if allowed else "",
        tone=Tone.GOOD if done else Tone.PLAIN,
    )


async def roles_card(interaction: Asked, start: int = 0) -> Card:
    """A page of the roles that decide."""
    services, caller = interaction.client.services, caller_of(interaction)
    reader = interaction.client.reader(interaction)
    roles = sorted(await services.policies.list_admin_roles(caller.guild))
    return page_card(
        reader,
        reader.say("studio.admin-role.title"),
        page_at(roles, start, lambda it: f"- <@&{it}>"),
        ADMIN_ROLES,
        intro=reader.say("studio.admin-role.all") if roles else "",
        empty=reader.say("studio.admin-role.none"),
    )


async def turn_roles(interaction: Asked, press: Press) -> None:
    """Another page."""
    await admin_of_allowed(interaction)
    card = await roles_card(interaction, press.number)
    await interaction.response.edit_message(view=card)


async def _set_zone(interaction: Asked, zone: str) -> Card:
    chosen = _zone_called(zone)
    before, after = await change_rules(
        interaction, lambda was: replace(was, zone_name=chosen), act="time-zone"
    )
    services, caller = interaction.client.services, caller_of(interaction)
    pool = await services.money.pool(caller.guild, now=services.clock.now())
    reader = interaction.client.reader(interaction)
    return change_card(
        reader,
        reader.say("studio.time-zone.title"),
        (before.zone_name, after.zone_name),
        reader.say("studio.time-zone.now", at=_clock(services.clock.now(), after.zone_name)),
        reader.say("studio.time-zone.renews", at=pool.period.ends_at),
    )


def _zone_called(typed: str) -> str:
    """The zone of this name, or of this city where only one has it."""
    wanted = _plain(typed)
    named = [name for name in _zones() if name.casefold() == wanted]
    of_city = [name for name in _zones() if name.casefold().rpartition("/")[2] == wanted]
    if not named and len(of_city) != 1:
        raise PolicyRefusedError("zone_name", "unknown_zone")
    return (named or of_city)[0]


async def prepare(bot: Clapper) -> None:
    """Listens to the pages' buttons; reads the zones, which nobody should have to wait for."""
    bot.on_press(ADMIN_ROLES, turn_roles)
    await asyncio.to_thread(_zones)
