"""Questions to admins and alerts on real books, with everything beyond them faked."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.adapters.sqlite.asks import Asks
from bot.adapters.sqlite.condition import Conditions
from bot.adapters.sqlite.invariants import broken_invariants
from bot.adapters.sqlite.notices import Notices
from bot.adapters.sqlite.policies import Policies
from bot.domain.ask import Ask, Lack, NotAsked, Question
from bot.domain.budget import Caps
from bot.domain.ids import ChannelId, GuildId, InteractionId, MessageId, UserId
from bot.domain.job import Job
from bot.domain.money import Micros, dollars
from bot.domain.notice import Letter, Notice, Spot, Topic
from bot.domain.policy import Policy
from bot.domain.ports import nowhere
from bot.domain.showcase import cheapest
from bot.domain.video import VideoRequest
from bot.models import discover, read_request
from bot.service.ask import Approval, Asking, Fresh
from bot.service.foresee import Foresee
from bot.service.notify import Notify
from bot.service.patience import Patience
from bot.service.troubles import Troubles
from tests.fakes import CHANNEL, GUILD, MEMBER, START, Stage, open_stage

ADMIN, OTHER_ADMIN = UserId(1), UserId(2)
ADMINS_ONLY = ChannelId(600)
PRICE = dollars("0.48")


class DiedError(BaseException):
    """A process that ends at a failpoint."""


@dataclass
class Asked:
    """Everything that answers questions, and what tests want to know of it."""

    stage: Stage
    failpoint: Callable[[str], None] = nowhere
    standing: list[Spot] = field(default_factory=list)
    """Waiting messages that were put up."""
    stood: int = 0
    """How often one was."""

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Another process, which knows what the books know and nothing else."""
        stage, database = self.stage, self.stage.database
        models, patience = discover(), Patience()
        self.asks = Asks(database, stage.money.caps)
        self.notices = Notices(database)
        self.notify = Notify(
            self.notices,
            self.asks,
            stage.jobs,
            Policies(database),
            stage.postman,
            stage.clock,
            patience,
            self._point,
        )
        generate = replace(stage.studio.generate, failpoint=self._point)
        foresee = Foresee(generate, stage.jobs, stage.clock)
        self.asking = Asking(
            self.asks,
            generate,
            foresee,
            self.notify,
            stage.postman,
            stage.clock,
            self._point,
        )
        self.troubles = Troubles(
            self.notices,
            Conditions(database),
            stage.studio.guard,
            stage.postman,
            stage.studio.generate.allowed,
            cheapest(models, {}),
            stage.clock,
            patience,
        )

    def _point(self, name: str) -> None:
        self.failpoint(name)

    async def decide(self, guild: int = GUILD, **rules: object) -> Policy:
        return await Policies(self.stage.database).change(
            GuildId(guild),
            lambda was: replace(was, **rules),
            act="set",
            actor=ADMIN,
            now=self.stage.clock.now(),
        )

    # -- asking ------------------------------------------------------------------------------

    def question(self, nth: int = 1, **changed: object) -> Question:
        """A 20-second video at 1080p: $0.48."""
        question = Question(
            guild=GUILD,
            member=MEMBER,
            roles=frozenset(),
            interaction=InteractionId(9000 + nth),
            likeness=nth.to_bytes(32, "big"),
            model="ltx",
            mode="text",
            request=request().model_dump_json(exclude_none=True),
            price=PRICE,
            price_assumed=False,
            lack=Lack(dollars("0.10"), START),
            asked_in=CHANNEL,
        )
        return replace(question, **changed)

    async def asked(self, nth: int = 1, **changed: object) -> Ask:
        ask = await self.asking.ask(self.question(nth, **changed))
        assert not isinstance(ask, NotAsked)
        return ask

    async def approved(self, number: int = 1, *, actor: UserId = ADMIN, **fresh) -> Approval:
        return await self.asking.approve(
            GUILD,
            number,
            actor=actor,
            fresh=Fresh(**{"request": request(), **fresh}),
            stand=self.stand,
        )

    async def stand(self, ask: Ask, request: VideoRequest, policy: Policy) -> Spot:
        self.stood += 1
        spot = (CHANNEL, MessageId(7000 + ask.number))  # the nonce makes it the same one again
        if spot not in self.standing:
            self.standing.append(spot)
        return spot

    async def jobs(self) -> list[Job]:
        return await self.stage.jobs.list_of_member(GUILD, MEMBER)

    async def free(self) -> Micros:
        now = self.stage.clock.now()
        return (await self.stage.money.funds(GUILD, MEMBER, roles=(), now=now)).free

    async def granted(self) -> Micros:
        rows = await self.stage.database.read(
            lambda con: con.execute(
                "SELECT sum(funded) FROM accounts WHERE kind = 'grant'"
            ).fetchone()
        )
        return Micros(rows[0] or 0)

    # -- what was posted -----------------------------------------------------------------------

    def posted(self, topic: Topic | None = None) -> list[Letter]:
        letters = self.stage.postman.letters.values()
        return [one for one in letters if topic in {None, one.notice.topic}]

    def names(self, topic: Topic | None = None) -> list[str]:
        return [one.notice.name for one in self.posted(topic)]

    async def look(self) -> None:
        """What the bot does once a minute, and then at once."""
        await self.troubles()
        await self.asking()
        await self.notify()

    async def open_alerts(self, guild: GuildId = GUILD) -> list[Notice]:
        return await self.troubles.alerts.list_alerts(guild, now=self.stage.clock.now())


def request() -> VideoRequest:
    options = {"prompt": "a fox", "duration": 20, "resolution": "1080p"}
    return read_request(discover()["ltx"], "text", options)


@asynccontextmanager
async def asked(
    folder: Path, *, failpoint: Callable[[str], None] = nowhere, caps: Caps | None = None
) -> AsyncGenerator[Asked]:
    """A server whose members have ten cents each, and whose admins can be asked."""
    async with open_stage(folder, caps=caps) as stage:
        here = Asked(stage, failpoint)
        await here.decide(allowance=dollars("0.10"), admin_channel=ADMINS_ONLY, channel=CHANNEL)
        yield here
        assert await stage.database.read(broken_invariants) == {}
