"""All services of a running bot, wired together.

Rule: what is replaceable comes in as a port; nothing here opens anything.
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field

from bot.domain.clip import ClipStore, RetentionLimits
from bot.domain.ids import GuildId, TaskId
from bot.domain.money import Micros
from bot.domain.ports import Alarm, Clock, Failpoint, JobStore, Postman, Provider, nowhere
from bot.domain.video import PriceList, VideoModel
from bot.service.agenda import Agenda, Errand
from bot.service.callbacks import Callbacks
from bot.service.clear import Clear
from bot.service.fetch import Fetch
from bot.service.generate import Generate
from bot.service.guard import Guard
from bot.service.look import Look
from bot.service.patience import Patience
from bot.service.submit import Submit
from bot.service.tell import Tell
from bot.service.tidy import Tidy
from bot.service.watch import Watch


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside world."""

    jobs: JobStore
    provider: Provider
    clips: ClipStore
    postman: Postman
    clock: Clock
    alarm: Alarm
    read_task_id: Callable[[bytes], TaskId | None]
    failpoint: Failpoint = nowhere


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator decided."""

    models: Mapping[str, VideoModel]
    prices: Mapping[str, PriceList]
    allowed: Container[GuildId]
    floor: Micros
    max_running: int
    patience: Patience
    callback_base: str | None = None
    """The public address under which callbacks come in."""
    route: str | None = None
    retention: RetentionLimits = field(default_factory=RetentionLimits)


@dataclass(frozen=True, slots=True)
class Studio:
    """The services that doors may call."""

    generate: Generate
    callbacks: Callbacks
    guard: Guard
    agenda: Agenda
    watch: Watch


def open_studio(ports: Ports, rules: Rules) -> Studio:
    """Wires the services; `studio.watch.run()` sets them going."""
    agenda = Agenda()
    guard = Guard(ports.provider, ports.jobs, ports.clock, ports.alarm, rules.patience, rules.floor)
    watch = _watch(ports, rules, agenda, guard)
    generate = Generate(
        jobs=ports.jobs,
        models=rules.models,
        prices=rules.prices,
        allowed=rules.allowed,
        guard=guard,
        clock=ports.clock,
        wake=watch.wake,
        failpoint=ports.failpoint,
    )
    callbacks = Callbacks(ports.jobs, ports.clock, agenda, ports.read_task_id, ports.failpoint)
    return Studio(generate, callbacks, guard, agenda, watch)


def _watch(ports: Ports, rules: Rules, agenda: Agenda, guard: Guard) -> Watch:
    return Watch(
        jobs=ports.jobs,
        provider=ports.provider,
        clock=ports.clock,
        guard=guard,
        agenda=agenda,
        alarm=ports.alarm,
        patience=rules.patience,
        allowed=rules.allowed,
        submit=_submit(ports, rules, agenda, guard),
        handlers={
            Errand.LOOK: _look(ports, rules, agenda, guard),
            Errand.FETCH: Fetch(
                ports.jobs,
                ports.clips,
                ports.clock,
                agenda,
                ports.alarm,
                rules.patience,
                ports.failpoint,
            ),
            Errand.TELL: Tell(
                ports.jobs,
                ports.postman,
                ports.clock,
                agenda,
                ports.alarm,
                rules.patience,
                ports.failpoint,
            ),
            Errand.CLEAR: Clear(
                ports.jobs, ports.postman, ports.clock, rules.patience, ports.failpoint
            ),
        },
        tidy=Tidy(ports.jobs, ports.clips, ports.clock, rules.retention),
        max_running=rules.max_running,
    )


def _submit(ports: Ports, rules: Rules, agenda: Agenda, guard: Guard) -> Submit:
    base = rules.callback_base

    def callback_url(token: str) -> str | None:
        return None if base is None else f"{base}/callbacks/{token}"

    return Submit(
        jobs=ports.jobs,
        provider=ports.provider,
        models=rules.models,
        clock=ports.clock,
        guard=guard,
        agenda=agenda,
        alarm=ports.alarm,
        patience=rules.patience,
        callback_url=callback_url,
        route=rules.route,
        failpoint=ports.failpoint,
    )


def _look(ports: Ports, rules: Rules, agenda: Agenda, guard: Guard) -> Look:
    return Look(
        jobs=ports.jobs,
        provider=ports.provider,
        models=rules.models,
        clock=ports.clock,
        guard=guard,
        agenda=agenda,
        alarm=ports.alarm,
        patience=rules.patience,
        callbacks_on=rules.callback_base is not None,
        failpoint=ports.failpoint,
    )
