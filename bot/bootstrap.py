"""Wires a bot from its settings, once, in one place.

Rule: what a test or the playground wants to replace is a part; everything else is what it is in
production.
"""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bot.adapters.alarm import LogAlarm
from bot.adapters.apixo import callback_task, open_client
from bot.adapters.apixo.client import Timeouts
from bot.adapters.chart import open_painter
from bot.adapters.clips.download import DownloadLimits
from bot.adapters.clips.hosts import ResultHosts
from bot.adapters.clips.shelf import Shelf
from bot.adapters.clips.store import open_clip_store
from bot.adapters.clock import SteadyClock
from bot.adapters.folder import DataFolder
from bot.adapters.sheets import open_folder
from bot.adapters.sqlite.asks import Asks
from bot.adapters.sqlite.condition import Conditions
from bot.adapters.sqlite.database import Database
from bot.adapters.sqlite.failures import RESTORE
from bot.adapters.sqlite.invariants import broken_invariants
from bot.adapters.sqlite.jobs import Jobs
from bot.adapters.sqlite.money import Money
from bot.adapters.sqlite.notices import Notices
from bot.adapters.sqlite.policies import Policies
from bot.adapters.sqlite.reports import Reports
from bot.adapters.video.encoder import ShelfEncoder
from bot.adapters.video.ffmpeg import Ffmpeg
from bot.app import Services
from bot.domain.budget import Caps
from bot.domain.clip import ClipStore, Encoder, RetentionLimits
from bot.domain.errors import StoreDamagedError
from bot.domain.ports import Alarm, Clock, Failpoint, Postman, Provider, nowhere
from bot.domain.showcase import cheapest
from bot.domain.video import VideoModel
from bot.log import get_logger
from bot.metrics import Metrics
from bot.models import discover
from bot.models.prices import PriceBook, read_prices
from bot.service.ask import Asking
from bot.service.foresee import Foresee
from bot.service.line import Line
from bot.service.notify import Notify
from bot.service.patience import Patience
from bot.service.report import MakeReport, Painter, list_options
from bot.service.show import Show
from bot.service.studio import Ports, Rules, Studio, open_studio
from bot.service.troubles import Troubles
from bot.service.turn_away import TurnAway
from bot.settings import Settings
from bot.web import Doors, Health, open_web

_REHEARSAL_KEY: Final = "rehearsal"
RETENTION: Final = RetentionLimits(
    longest=timedelta(days=90), largest_bytes=20 * 1024 * 1024 * 1024
)
"""How long delivered clips are kept for `/show`, and how much of the disk they may take."""
_LONGEST_SILENCE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Parts:
    """What may be replaced."""

    alarm: Alarm = field(default_factory=LogAlarm)
    failpoint: Failpoint = nowhere
    clock: Clock | None = None
    timeouts: Timeouts | None = None
    """Of requests to the provider."""
    limits: DownloadLimits | None = None
    """Of downloads."""
    painter: Painter | None = None
    """Of the reports' pictures."""


@dataclass(frozen=True, slots=True)
class PostOffice:
    """What a postman may need of us."""

    clips: ClipStore
    encoder: Encoder
    clip_url: Callable[[str], str | None]
    models: Mapping[str, VideoModel]
    clock: Clock
    rehearsal: bool


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot that is open: nothing runs yet."""

    settings: Settings
    services: Services
    database: Database
    web_address: tuple[str, int]
    """Where the web door listens."""

    @property
    def studio(self) -> Studio:
        return self.services.studio


@asynccontextmanager
async def build(
    settings: Settings,
    *,
    postman: Callable[[PostOffice], Postman],
    is_connected: Callable[[], bool],
    parts: Parts | None = None,
) -> AsyncGenerator[Bot]:
    """Opens folder, books, clips, provider and web door; closes them in the other order."""
    parts = parts or Parts()
    prices = read_prices(settings.prices, discover())  # before anything is made or opened
    async with AsyncExitStack() as stack:
        folder = DataFolder(settings.data_dir)
        folder.prepare()
        stack.enter_context(folder.lock())
        database = await stack.enter_async_context(await Database.open(folder.database))
        await _check(database, folder.database)
        clock = parts.clock or await _steady_clock(database)
        provider = await stack.enter_async_context(_provider(settings, parts))
        shelf = Shelf(folder.clips)
        hosts = ResultHosts(settings.result_hosts)
        painter = parts.painter or await stack.enter_async_context(open_painter(folder.fonts))
        clips = await stack.enter_async_context(open_clip_store(shelf, hosts, limits=parts.limits))
        services = _services(
            settings,
            parts,
            prices,
            database=database,
            clock=clock,
            provider=provider,
            clips=clips,
            painter=painter,
            postman=postman(
                PostOffice(
                    clips,
                    ShelfEncoder(shelf, Ffmpeg()),
                    _clip_url(settings),
                    discover(),
                    clock,
                    rehearsal=settings.provider == "rehearsal",
                )
            ),
        )
        web = _open_web(settings, services, is_connected, database)
        address = await stack.enter_async_context(web)
        yield Bot(settings, services, database, address)


async def _check(database: Database, path: Path) -> None:
    broken = await database.read(broken_invariants)
    if broken:
        fault = f"the books in {path} do not add up ({'; '.join(broken)})"
        raise StoreDamagedError(fault, RESTORE)


async def _steady_clock(database: Database) -> SteadyClock:
    latest = await database.read(
        lambda con: con.execute("SELECT latest_at FROM clock").fetchone()[0]
    )
    log = get_logger(__name__)

    def on_leap(off: timedelta) -> None:
        log.error("The machine's clock leapt; the books do not follow", seconds=off.total_seconds())

    floor = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=latest)
    return SteadyClock(floor, on_leap=on_leap)


def _provider(settings: Settings, parts: Parts) -> AbstractAsyncContextManager[Provider]:
    key = settings.require_provider() or SecretStr(_REHEARSAL_KEY)
    return open_client(
        settings.apixo_url,
        key,
        per_minute=settings.requests_per_minute,
        scale=settings.wait_scale,
        timeouts=parts.timeouts,
    )


def _services(
    settings: Settings,
    parts: Parts,
    prices: PriceBook,
    *,
    database: Database,
    clock: Clock,
    provider: Provider,
    clips: ClipStore,
    painter: Painter,
    postman: Postman,
) -> Services:
    caps = Caps(settings.daily_cap, settings.monthly_cap)
    models, jobs = discover(), Jobs(database, caps)
    ports = Ports(
        jobs=jobs,
        provider=provider,
        clips=clips,
        postman=postman,
        clock=clock,
        alarm=parts.alarm,
        read_task_id=callback_task,
        failpoint=parts.failpoint,
    )
    rules = _rules(settings, models, prices)
    studio = open_studio(ports, rules)
    foresee = Foresee(studio.generate, jobs, clock)
    policies, asks, notices = Policies(database), Asks(database, caps), Notices(database)
    notify = Notify(
        notices, asks, jobs, policies, postman, clock, rules.patience, failpoint=parts.failpoint
    )
    return Services(
        studio=studio,
        foresee=foresee,
        asking=Asking(asks, studio.generate, foresee, notify, postman, clock, parts.failpoint),
        notify=notify,
        troubles=Troubles(
            notices,
            Conditions(database),
            studio.guard,
            postman,
            settings.allowed_servers,
            cheapest(models, prices),
            clock,
            rules.patience,
        ),
        notices=notices,
        line=Line(jobs, studio.watch),
        show=Show(jobs, studio.agenda, clock),
        turn_away=TurnAway(jobs, studio.agenda, clock),
        report=MakeReport(Reports(database), painter, open_folder, clock, list_options(models)),
        jobs=jobs,
        money=Money(database, caps),
        policies=policies,
        clips=clips,
        clock=clock,
        models=models,
        prices=prices,
        allowed=settings.allowed_servers,
        clip_url=_clip_url(settings),
        has_address=settings.public_url is not None,
        room=DataFolder(settings.data_dir).room,
        rehearsal=settings.provider == "rehearsal",
    )


def _rules(settings: Settings, models: Mapping[str, VideoModel], prices: PriceBook) -> Rules:
    return Rules(
        models=models,
        prices=prices,
        allowed=settings.allowed_servers,
        floor=settings.balance_floor,
        max_running=settings.max_running,
        patience=Patience(settings.wait_scale),
        callback_base=settings.public_url,
        route=settings.route,
        retention=RETENTION,
    )


def _clip_url(settings: Settings) -> Callable[[str], str | None]:
    return lambda name: f"{settings.public_url}/clips/{name}" if settings.public_url else None


def _open_web(
    settings: Settings,
    services: Services,
    is_connected: Callable[[], bool],
    database: Database,
) -> AbstractAsyncContextManager[tuple[str, int]]:
    doors = Doors(
        accept_callback=services.studio.callbacks.accept,
        health=_health(services, is_connected, database),
        metrics=Metrics(services.jobs, services.money, services.studio, services.clock).render,
        clip_path=services.clips.path,
    )
    return open_web(doors, settings.web_host, settings.web_port)


def _health(services: Services, is_connected: Callable[[], bool], database: Database) -> Health:
    async def gateway() -> bool:
        return is_connected()

    async def books() -> bool:
        return await database.read(lambda con: con.execute("SELECT 1").fetchone()) is not None

    async def watcher() -> bool:
        ticked_at = services.studio.watch.ticked_at
        return ticked_at is not None and services.clock.now() - ticked_at < _LONGEST_SILENCE

    return Health({"gateway": gateway, "database": books, "watcher": watcher})
