"""`/budget report`: one month in a few sentences, a picture, and a sheet of every job.

Rule: it takes seconds, so it is answered first; and it is shown to the admin who asked, alone.
"""

from contextlib import suppress
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import localised
from bot.cards import (
    PICTURE,
    Card,
    Reader,
    month_title,
    part_card,
    report_alt,
    report_card,
    report_drawing,
)
from bot.domain.drawing import Drawing
from bot.domain.errors import MonthUnreadableError
from bot.domain.policy import Policy
from bot.domain.report import Report
from bot.domain.typed_month import parse_month
from bot.service.report import Made, Names, Wish
from cogs._admin import is_offered
from cogs._answer import Answer
from cogs._caller import Asked, caller_of
from cogs._choices import choices
from cogs.budget.member_names import names_of

_LONGEST_MONTH: Final = 40
_LARGEST_FILE: Final = 20 * 1024 * 1024
"""Whatever a server takes: a whole request stays below 25 MiB."""
_TOO_LARGE: Final = frozenset({413, 40005})


class Reports(commands.Cog):
    """The command."""

    @app_commands.command(
        name=localised("commands.budget.report.name"),
        description=localised("commands.budget.report"),
    )
    @app_commands.describe(month=localised("commands.budget.report.month"))
    async def report(
        self,
        interaction: Asked,
        month: app_commands.Range[str, 1, _LONGEST_MONTH] | None = None,
    ) -> None:
        """The present month, unless another is named."""
        await Answer(interaction).takes_a_while()
        services, caller = interaction.client.services, caller_of(interaction)
        rules = await services.policies.read(caller.guild)
        today = services.clock.now().astimezone(rules.zone).date()
        desk = _Desk(interaction, rules)
        wish = Wish(
            caller.guild,
            parse_month(month or "", today),
            rules.zone,
            names_of=lambda members: names_of(interaction, members),
            design=desk.design,
            largest_bytes=min(interaction.filesize_limit, _LARGEST_FILE),
        )
        async with services.report(wish) as made:
            await desk.tell(made)

    @report.autocomplete("month")
    async def months(self, interaction: Asked, current: str) -> list[app_commands.Choice[str]]:
        """Months that there is something to report about."""
        if not await is_offered(interaction):
            return []
        client, guild = interaction.client, caller_of(interaction).guild
        found = await client.services.report.months(guild)
        rules = await client.services.policies.read(guild)
        today = client.services.clock.now().astimezone(rules.zone).date()
        return _choices(client.reader(interaction), found, current, today)


class _Desk:
    """Where one report is put together."""

    def __init__(self, interaction: Asked, rules: Policy) -> None:
        self._interaction = interaction
        self._reader = interaction.client.reader(interaction)
        self._rules = rules

    def design(self, report: Report, names: Names) -> Drawing:
        """The picture, in words and figures."""
        guild, models = self._interaction.guild, self._interaction.client.services.models
        return report_drawing(
            self._reader,
            report,
            zone=self._rules.zone,
            place=guild.name if guild else "",
            called={member: (it.name, it.handle) for member, it in names.items()},
            titles={key: model.title for key, model in models.items()},
        )

    async def tell(self, made: Made) -> None:
        """With the first part of the sheet; the others follow it."""
        first, *others = made.sheets
        count = len(made.sheets)
        try:
            await self._edit(made, first)
        except discord.HTTPException as error:
            if not {error.status, error.code} & _TOO_LARGE:
                raise
            await self._edit(made, None)  # Discord knows its limits better than it says
            return
        for nth, path in enumerate(others, 2):
            card = part_card(
                self._reader, made.report.month.starts_on, file=path.name, part=(nth, count)
            )
            await self._interaction.followup.send(
                view=card, file=discord.File(path), ephemeral=True
            )

    async def _edit(self, made: Made, sheet: Path | None) -> None:
        files = [] if sheet is None else [discord.File(sheet)]
        if made.picture is not None:
            files.insert(0, discord.File(BytesIO(made.picture), PICTURE))
        await self._interaction.edit_original_response(
            view=self._card(made, sheet), attachments=files
        )

    def _card(self, made: Made, sheet: Path | None) -> Card:
        drawn = made.picture is not None
        drawing = self.design(made.report, made.names) if drawn else None
        return report_card(
            self._reader,
            made.report,
            zone_name=self._rules.zone_name,
            alt=report_alt(self._reader, made.report, drawing) if drawing else None,
            file=sheet.name if sheet else None,
            part=(1, len(made.sheets)),
        )


def _choices(
    reader: Reader, months: list[date], typed: str, today: date
) -> list[app_commands.Choice[str]]:
    """What begins like what was typed, by its name or its number; and what was meant by it."""
    words = typed.strip().casefold()
    named = {month: month_title(reader, month) for month in months}
    meant: date | None = None
    with suppress(MonthUnreadableError):
        meant = parse_month(typed, today) if words else None
    offered = [
        month
        for month, name in named.items()
        if month == meant or name.casefold().startswith(words) or f"{month:%Y-%m}".startswith(words)
    ]
    return choices((named[month], f"{month:%Y-%m}") for month in offered)
