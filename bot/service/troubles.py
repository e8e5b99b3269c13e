"""Finding out what is wrong, and that it no longer is.

Rule: once each; what was told stays written, so that a restart tells nobody twice.
"""

from collections.abc import Collection, Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.alert import AUDIENCES, TOLD_WHEN_OVER, AlertKind, Audience
from bot.domain.ids import GuildId
from bot.domain.money import Micros
from bot.domain.notice import Notice
from bot.domain.ports import Clock, Postman
from bot.domain.trouble import LASTS, UNKNOWN_FOR, Condition, Trouble, troubles
from bot.service.guard import ALERTS, Guard
from bot.service.patience import Patience


class AlertStore(Protocol):
    """Where alerts stand written."""

    async def list_servers(self) -> list[GuildId]: ...
    async def list_alerts(self, guild: GuildId, *, now: datetime) -> list[Notice]: ...
    async def knows(self, guild: GuildId, name: str, subject: str) -> bool: ...
    async def raise_alert(self, guild: GuildId, trouble: Trouble, *, now: datetime) -> None: ...
    async def clear_alert(self, alert: Notice, *, told: bool, now: datetime) -> None: ...


class ConditionStore(Protocol):
    """Where it can be read how a server stands."""

    async def read(self, guild: GuildId, *, unknown_for: timedelta, now: datetime) -> Condition: ...


@dataclass(frozen=True, slots=True)
class Troubles:
    """Looks at every server."""

    alerts: AlertStore
    conditions: ConditionStore
    guard: Guard
    postman: Postman
    allowed: Container[GuildId]
    cheapest: Micros
    """What the least video costs."""
    clock: Clock
    patience: Patience

    async def __call__(self) -> None:
        """One round."""
        for guild in await self.alerts.list_servers():
            if guild in self.allowed:
                await self._look_at(guild)

    async def look(self, guild: GuildId) -> list[Trouble]:
        """What is wrong in a server at this moment, told or not. Nothing is written."""
        found, _ = await self._find(guild, self.clock.now())
        return found

    async def look_in_books(self, guild: GuildId) -> list[Trouble]:
        """The same without a word from Discord: it says what the bot lacks, and may be slow."""
        now = self.clock.now()
        condition = await self._read(guild, now)
        return [*self._of_books(condition, now), *self._of_provider(condition, set(), now)]

    async def _find(
        self, guild: GuildId, now: datetime
    ) -> tuple[list[Trouble], Collection[AlertKind]]:
        """What is wrong, and what nobody can tell at this moment."""
        condition = await self._read(guild, now)
        found, unsure = self._of_books(condition, now), set[AlertKind]()
        found += self._of_provider(condition, unsure, now)
        found += await self._of_channel(guild, condition, unsure, now)
        return found, unsure

    async def _read(self, guild: GuildId, now: datetime) -> Condition:
        patience = self.patience.scaled(UNKNOWN_FOR)
        return await self.conditions.read(guild, unknown_for=patience, now=now)

    def _of_books(self, condition: Condition, now: datetime) -> list[Trouble]:
        return list(troubles(condition, cheapest=self.cheapest, now=now))

    async def _look_at(self, guild: GuildId) -> None:
        now = self.clock.now()
        found, unsure = await self._find(guild, now)
        standing = await self.alerts.list_alerts(guild, now=now)
        for trouble in found:
            await self._raise(guild, trouble, standing, now)
        for alert in standing:
            kind = AlertKind(alert.name)
            if kind not in unsure and not any(_is_told(alert, trouble) for trouble in found):
                await self.alerts.clear_alert(alert, told=kind in TOLD_WHEN_OVER, now=now)

    async def _raise(
        self, guild: GuildId, trouble: Trouble, standing: Collection[Notice], now: datetime
    ) -> None:
        if any(_is_told(alert, trouble) for alert in standing):
            return
        full = AlertKind.POOL_SPENT
        if trouble.kind is AlertKind.POOL_NEARLY and await self.alerts.knows(
            guild, full, trouble.subject
        ):
            return  # who heard that it is empty needs not hear that it nearly is
        await self.alerts.raise_alert(guild, trouble, now=now)

    def _of_provider(
        self, condition: Condition, unsure: set[AlertKind], now: datetime
    ) -> list[Trouble]:
        """Nobody can make a video, in no server."""
        everywhere = {kind for kind, who in AUDIENCES.items() if who is Audience.EVERY_SERVER}
        if not self.guard.was_checked:
            unsure |= everywhere
        if self.guard.stop is None:
            return []
        day = condition.day.starts_on.isoformat()
        return [Trouble(ALERTS[self.guard.stop], day, now + LASTS, {})]

    async def _of_channel(
        self, guild: GuildId, condition: Condition, unsure: set[AlertKind], now: datetime
    ) -> list[Trouble]:
        """The bot may not post where videos go."""
        kind = AlertKind.CHANNEL_CLOSED
        if condition.channel is None:
            return []
        lacking = await self.postman.lacking(guild, condition.channel)
        if lacking is None:
            unsure.add(kind)
        if not lacking:
            return []
        subject = f"{condition.day.starts_on.isoformat()} in {condition.channel}"
        facts = {"channel": condition.channel, "permissions": " ".join(lacking)}
        return [Trouble(kind, subject, now + LASTS, facts)]


def _is_told(alert: Notice, trouble: Trouble) -> bool:
    """One that stands is enough, except for a pool: each of its periods is another."""
    if alert.name != trouble.kind:
        return False
    pools = {AlertKind.POOL_NEARLY, AlertKind.POOL_SPENT, AlertKind.POOL_FORECAST}
    return trouble.kind not in pools or alert.subject == trouble.subject
