"""What the books should say, in plain dictionaries and lists.

Rule: nothing here is taken from the code under test but its words (orders, kinds of periods). There
are no wallets and no balances: what is free is a limit less a sum over holds, counted anew each time.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.job import Order
from bot.domain.period import PeriodKind

OPERATOR = 0
NOBODY = 0


@dataclass
class Hold:
    """A part of a job's price, borne by one source in one scope."""

    job: int
    scope: str
    guild: int
    member: int
    source: int | None
    """Index of a grant; None: the period's money."""
    kind: PeriodKind
    starts_on: date
    at: datetime
    amount: int
    state: str = "open"
    paid: int = 0

    @property
    def value(self) -> int:
        """What of it is used."""
        return self.amount if self.state == "open" else self.paid


@dataclass
class Gift:
    """A grant."""

    guild: int
    member: int
    given: int
    expires_at: datetime | None


@dataclass
class Work:
    """A job."""

    order: Order
    state: str = "held"
    charge: str = "open"
    attempt: int | None = None
    refunded: bool = False
    debt: Any = None


@dataclass
class Rules:
    """A server's policy, as far as money goes."""

    allowance: int = 1_000_000
    allowance_period: PeriodKind = PeriodKind.MONTH
    pool: int = 25_000_000
    pool_period: PeriodKind = PeriodKind.MONTH
    zone: str = "UTC"


@dataclass
class Model:
    """The plain books."""

    latest: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    caps: dict[PeriodKind, int | None] = field(default_factory=dict)
    rules: dict[int, Rules] = field(default_factory=dict)
    of_role: dict[tuple[int, int], int] = field(default_factory=dict)
    of_member: dict[tuple[int, int], int] = field(default_factory=dict)
    begun: dict[tuple[int, PeriodKind], tuple[date, datetime]] = field(default_factory=dict)
    gifts: list[Gift] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    jobs: dict[int, Work] = field(default_factory=dict)
    excess: int = 0
    flags: list[tuple[int, str, int]] = field(default_factory=list)

    # -- time ----------------------------------------------------------------------------------

    def tick(self, now: datetime) -> datetime:
        self.latest = max(self.latest, now)
        return self.latest

    def period(
        self, guild: int, kind: PeriodKind, zone: str, now: datetime
    ) -> tuple[date, datetime]:
        """First day, and the moment since which it counts."""
        start = first_day(kind, now.astimezone(ZoneInfo(zone)).date())
        begun = self.begun.get((guild, kind))
        if begun is None or begun[0] < start:
            return start, midnight(start, zone)
        return begun[0], min(begun[1], midnight(begun[0], zone))

    def begin(self, guild: int, kind: PeriodKind, zone: str, now: datetime) -> None:
        start, since = self.period(guild, kind, zone, now)
        begun = self.begun.get((guild, kind))
        if begun is None or begun[0] < start:
            self.begun[guild, kind] = (start, since)

    # -- what is free --------------------------------------------------------------------------

    def scope(self, scope: str, guild: int, member: int, now: datetime) -> dict[str, Any]:
        """Free, held and spent in a scope's present period, the grants left out of `free`."""
        kind, limit, zone = self._terms(scope, guild, member)
        start, _ = self.period(guild, kind, zone, now)
        mine = [
            hold
            for hold in self.holds
            if (hold.scope, hold.guild, hold.member) == (scope, guild, member)
            and self._counts(hold, now)
        ]
        used = sum(hold.value for hold in mine if hold.source is None)
        return {
            "starts_on": start,
            "limit": limit,
            "free": max(0, limit - used),
            "held": sum(h.amount for h in mine if h.state == "open" and h.source is None),
            "spent": sum(h.paid for h in mine if h.state == "paid"),
        }

    def funds(
        self, guild: int, member: int, roles: frozenset[int], now: datetime
    ) -> dict[str, Any]:
        """As `Money.funds` should say it."""
        self._roles = roles
        now = max(now, self.latest)
        found = self.scope("member", guild, member, now)
        held = [h for h in self.holds if h.scope == "member" and h.state == "open"]
        return {
            "starts_on": found["starts_on"],
            "allowance": found["limit"],
            "free": found["free"],
            "grants": [
                (self._left(index), self.gifts[index].given, self.gifts[index].expires_at)
                for index in self._gifts_of(guild, member, now)
            ],
            "held": sum(h.amount for h in held if (h.guild, h.member) == (guild, member)),
            "spent": found["spent"],
        }

    def pool(self, guild: int, now: datetime) -> dict[str, Any]:
        return self.scope("server", guild, NOBODY, max(now, self.latest))

    def caps_now(self, now: datetime) -> dict[str, dict[str, Any]]:
        return {
            kind.value: self.scope(kind.value, OPERATOR, NOBODY, max(now, self.latest))
            for kind, limit in self.caps.items()
            if limit is not None
        }

    _roles: frozenset[int] = frozenset()

    def _terms(self, scope: str, guild: int, member: int) -> tuple[PeriodKind, int, str]:
        if scope in {"day", "month"}:
            limit = self.caps[PeriodKind(scope)]
            assert limit is not None
            return PeriodKind(scope), limit, "UTC"
        rules = self.rules[guild]
        if scope == "server":
            return rules.pool_period, rules.pool, rules.zone
        of_roles = [self.of_role[guild, r] for r in self._roles if (guild, r) in self.of_role]
        limit = self.of_member.get((guild, member), max(of_roles, default=rules.allowance))
        return rules.allowance_period, limit, rules.zone

    def _left(self, index: int) -> int:
        used = sum(h.value for h in self.holds if h.scope == "member" and h.source == index)
        return self.gifts[index].given - used

    def _gifts_of(self, guild: int, member: int, now: datetime) -> list[int]:
        """With money left and not expired, the first to expire first."""
        found = [
            index
            for index, gift in enumerate(self.gifts)
            if (gift.guild, gift.member) == (guild, member)
            and self._left(index) > 0
            and (gift.expires_at is None or gift.expires_at > now)
        ]
        never = datetime.max.replace(tzinfo=UTC)
        return sorted(found, key=lambda index: (self.gifts[index].expires_at or never, index))

    # -- acts ----------------------------------------------------------------------------------

    def reserve(self, number: int, order: Order, now: datetime) -> dict[str, int] | None:
        """Opens the job; else what is free in each scope that is short."""
        now = self.tick(now)
        self._roles = frozenset(order.roles)
        scopes = [("member", order.guild, order.member), ("server", order.guild, NOBODY)]
        scopes += [(k.value, OPERATOR, NOBODY) for k, cap in self.caps.items() if cap is not None]
        drafts = []
        for scope, guild, member in scopes:
            kind, _, zone = self._terms(scope, guild, member)
            self.begin(guild, kind, zone, now)
            sources: list[tuple[int | None, int]] = [
                (None, self.scope(scope, guild, member, now)["free"])
            ]
            if scope == "member":
                sources += [(i, self._left(i)) for i in self._gifts_of(guild, member, now)]
            start, _ = self.period(guild, kind, zone, now)
            drafts.append(((scope, guild, member), kind, start, sources))
        short = {
            key[0]: sum(free for _, free in sources)
            for key, _, _, sources in drafts
            if sum(free for _, free in sources) < order.price
        }
        if short:
            return short
        self.jobs[number] = Work(order)
        for key, kind, start, sources in drafts:
            missing = order.price
            for source, free in sources:
                part = min(missing, free)
                if part:
                    self.holds.append(Hold(number, *key, source, kind, start, now, part))
                missing -= part
        return None

    def settle(self, number: int, cost: int | None, scopes: set[str] | None = None) -> None:
        price = self.jobs[number].order.price
        if not cost or cost < 0:
            self.flags.append((number, "price-unknown", price))
            cost = price
        elif cost > price:
            self.flags.append((number, "excess", cost - price))
            self.excess += cost - price
        rest: dict[str, int] = {}
        for hold in self._holds_of(number, scopes):
            left = rest.setdefault(hold.scope, min(cost, price))
            hold.paid = min(left, hold.amount)
            hold.state = "paid" if hold.paid else "void"
            rest[hold.scope] = left - hold.paid

    def void(self, number: int, scopes: set[str] | None = None) -> None:
        for hold in self._holds_of(number, scopes):
            hold.state = "void"

    def waive(self, number: int) -> None:
        self.void(number, {"member", "server"})
        price = self.jobs[number].order.price
        for hold in self._holds_of(number, {"day", "month"}):
            hold.state, hold.paid = "paid", hold.amount
        self.flags.append((number, "maybe-billed", price))

    def usable(self, number: int, now: datetime) -> int:
        """What of a refund the member could spend again."""
        total = 0
        for hold in self._holds_of(number, {"member"}):
            if hold.source is not None:
                expires_at = self.gifts[hold.source].expires_at
                total += hold.paid if expires_at is None or expires_at > now else 0
            elif self._counts(hold, now):
                total += hold.paid
        return total

    def _counts(self, hold: Hold, now: datetime) -> bool:
        """Whether a hold weighs on the present period of its scope."""
        kind, _, zone = self._terms(hold.scope, hold.guild, hold.member)
        start, since = self.period(hold.guild, kind, zone, now)
        return hold.starts_on == start if hold.kind == kind else hold.at >= since

    def give_back(self, number: int, scopes: set[str]) -> int:
        """The member's part of what was returned."""
        returned = 0
        for hold in self._holds_of(number, scopes):
            returned += hold.paid if hold.scope == "member" else 0
            hold.paid = 0
        return returned

    def grant(self, guild: int, member: int, amount: int, expires_at: datetime | None) -> None:
        self.gifts.append(Gift(guild, member, amount, expires_at))

    def take(self, guild: int, member: int, amount: int, now: datetime) -> int | None:
        found = self._gifts_of(guild, member, self.tick(now))
        there = sum(self._left(index) for index in found)
        if there < amount:
            return there
        for index in reversed(found):
            part = min(amount, self._left(index))
            self.gifts[index].given -= part
            amount -= part
        return None

    def _holds_of(self, number: int, scopes: set[str] | None) -> list[Hold]:
        return [h for h in self.holds if h.job == number and (scopes is None or h.scope in scopes)]


def first_day(kind: PeriodKind, day: date) -> date:
    if kind is PeriodKind.MONTH:
        return date(day.year, day.month, 1)
    back = day.isoweekday() - 1 if kind is PeriodKind.WEEK else 0
    return date.fromordinal(day.toordinal() - back)


def midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def turn(kind: PeriodKind, now: datetime, zone: str) -> datetime:
    """When the next period of this kind begins."""
    day = now.astimezone(ZoneInfo(zone)).date()
    here = first_day(kind, day)
    while first_day(kind, day) == here:
        day += timedelta(days=1)
    return midnight(day, zone)
