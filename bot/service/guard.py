"""Whether anything may be submitted at present, and why not.

Rule: when in doubt nothing is submitted, holds stay, and work resumes by itself.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.domain.alert import Alert, AlertKind
from bot.domain.errors import ProviderEmptyError, ProviderError, ProviderKeyRefusedError
from bot.domain.money import Micros, show_dollars
from bot.domain.ports import Alarm, Clock, JobStore, Provider
from bot.domain.provider import Balance, Rejected
from bot.log import get_logger
from bot.service.patience import Patience


class Stop(StrEnum):
    """Why nothing is submitted. Anybody may be told."""

    EMPTY = "empty"
    """The provider's account has no money left."""
    LOW = "low"
    """Less than the operator's floor is left."""
    KEY = "key"
    """The provider does not accept the operator's key."""
    UNKNOWN = "unknown"
    """Too many submissions whose fate nobody knows."""


ALERTS: Final = {
    Stop.EMPTY: AlertKind.BALANCE_EMPTY,
    Stop.LOW: AlertKind.BALANCE_LOW,
    Stop.KEY: AlertKind.KEY_REFUSED,
    Stop.UNKNOWN: AlertKind.TOO_MANY_UNKNOWN,
}


@dataclass(slots=True)
class Guard:
    """Watches the provider's account, and the pile of unknown submissions."""

    provider: Provider
    jobs: JobStore
    clock: Clock
    alarm: Alarm
    patience: Patience
    floor: Micros
    most_unknown: int = 20
    balance: Balance | None = field(default=None, init=False)
    """As last read."""
    read_at: datetime | None = field(default=None, init=False)
    """When that was."""
    silent_since: datetime | None = field(default=None, init=False)
    """Since when the provider gives no answer that can be used."""
    stop: Stop | None = field(default=None, init=False)
    next_check_at: datetime | None = field(default=None, init=False)
    was_checked: bool = field(default=False, init=False)
    """Whether somebody has looked at the account at all, with whatever success."""

    def refused(self, verdict: Rejected) -> None:
        """A submission was refused because of the account."""
        self._stop_for(Stop.KEY if verdict.status == 401 else Stop.EMPTY)

    def ran_dry(self) -> None:
        """A task failed because of the account."""
        self._stop_for(Stop.EMPTY)

    def _stop_for(self, stop: Stop) -> None:
        """Until the balance has been read again."""
        self._set(stop)
        self.next_check_at = self.clock.now() + self.patience.balance_while_stopped

    async def room_for_unknown(self) -> int:
        """How many submissions may be on their way: all of their answers may be lost at once."""
        return self.most_unknown - await self.jobs.count_unknown()

    async def check_unknown(self) -> None:
        """Stops at the ceiling of unknown submissions, and goes on below it."""
        too_many = await self.room_for_unknown() <= 0
        if too_many and self.stop is None:
            self._set(Stop.UNKNOWN)
        elif not too_many and self.stop is Stop.UNKNOWN:
            self._set(None)

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to read the balance."""
        return self.next_check_at is None or now >= self.next_check_at

    async def check_balance(self) -> None:
        """Reads the balance if it is time to, and stops or resumes by it."""
        now = self.clock.now()
        if not self.is_due(now):
            return
        self.next_check_at = now + self.patience.balance_while_stopped
        try:
            await self._read_balance(now)
        finally:
            await self.check_unknown()  # a restart forgets the pile, and another stop hides it
            self.was_checked = True

    async def _read_balance(self, now: datetime) -> None:
        try:
            self.balance, self.read_at = await self.provider.balance(), now
        except ProviderKeyRefusedError:
            self._set(Stop.KEY)
        except ProviderEmptyError:
            self._set(Stop.EMPTY)
        except ProviderError:
            self.silent_since = self.silent_since or now
            return  # an unreadable balance says nothing about what is left
        else:
            self._judge(self.balance)
        self.silent_since = None
        if self.stop is None:
            self.next_check_at = now + self.patience.balance_every

    def _judge(self, balance: Balance) -> None:
        if balance.micros <= 0:
            self._set(Stop.EMPTY)
        elif balance.micros < self.floor:
            self._set(Stop.LOW)
        elif self.stop is not Stop.UNKNOWN:
            self._set(None)

    def _set(self, stop: Stop | None) -> None:
        if stop is not None and stop is not self.stop:
            left = "unread" if self.balance is None else show_dollars(self.balance.micros)
            self.alarm(Alert(ALERTS[stop], facts={"last_read": left}))
        elif stop is None and self.stop is not None:
            get_logger(__name__).info("Submitting again", after=ALERTS[self.stop])
        self.stop = stop
