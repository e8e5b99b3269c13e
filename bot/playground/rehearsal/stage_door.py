"""The admin surface `/_stage/…`: the script, the knobs and the books, for other processes.

Rule: JSON only, so that no web page of a stranger can post to it without being asked first.
"""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.playground.rehearsal.acts import ACTS, FAIL_CODES, Door
from bot.playground.rehearsal.books import Books
from bot.playground.rehearsal.settings import Settings
from bot.playground.rehearsal.stage import WEATHERS, Stage

F = TypeVar("F")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NextForm(_Form):
    """Acts for the next uses of a door."""

    door: Door
    acts: list[str]
    times: int = Field(default=1, ge=1, le=10_000)


class AlwaysForm(_Form):
    """One act for every use of a door."""

    door: Door
    act: str


class MixForm(_Form):
    """Chance: per door the probability of each act."""

    seed: int
    chances: dict[Door, dict[str, float]]


class WeatherForm(_Form):
    """A preset by name."""

    name: str


class TaskForm(_Form):
    """One task."""

    task_id: str


class CallForm(_Form):
    """A call for a task, out of turn. `kind` is an act of the callback door that forges."""

    task_id: str
    kind: str


class Theatre(Protocol):
    """What the door opens to."""

    @property
    def stage(self) -> Stage:
        """The script."""
        ...

    @property
    def books(self) -> Books:
        """What happened."""
        ...

    @property
    def settings(self) -> Settings:
        """The knobs."""
        ...

    def adjust(self, **changes: object) -> None:
        """Turns knobs."""
        ...

    def finish(self, task_id: str) -> None:
        """Ends a task now."""
        ...

    def call(self, task_id: str, kind: str) -> None:
        """Sends a forged call."""
        ...


class StageDoor:
    """The routes of the admin surface."""

    def __init__(self, theatre: Theatre) -> None:
        self._theatre = theatre

    def routes(self) -> list[web.RouteDef]:
        """All of it."""
        theatre, stage = self._theatre, self._theatre.stage
        return [
            web.get("/_stage", self._telling(self._about)),
            web.get("/_stage/books", self._telling(theatre.books.as_json)),
            web.get("/_stage/settings", self._telling(self._settings)),
            _taking("settings", dict[str, object], lambda form: theatre.adjust(**form)),
            _taking("next", NextForm, lambda f: stage.next(f.door, *f.acts, times=f.times)),
            _taking("always", AlwaysForm, lambda form: stage.always(form.door, form.act)),
            _taking("mix", MixForm, lambda form: stage.mix(form.seed, form.chances)),
            _taking("weather", WeatherForm, lambda form: stage.change_weather(form.name)),
            _taking("clear", _Form, lambda _: stage.clear()),
            _taking("finish", TaskForm, lambda form: theatre.finish(form.task_id)),
            _taking("call", CallForm, lambda form: theatre.call(form.task_id, form.kind)),
        ]

    def _about(self) -> Mapping[str, object]:
        stage = self._theatre.stage
        return {
            "acts": {door: dict(acts) for door, acts in ACTS.items()},
            "fail_codes": FAIL_CODES,
            "weathers": list(WEATHERS),
            "weather": stage.weather,
            "waiting": stage.waiting(),
        }

    def _settings(self) -> Mapping[str, object]:
        balance = self._theatre.books.balance_micros / 1_000_000
        return {**self._theatre.settings.model_dump(mode="json"), "balance": balance}

    @staticmethod
    def _telling(tell: Callable[[], Mapping[str, object]]) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            del request
            return web.json_response(tell())

        return handle


def _taking(name: str, form: type[F], deed: Callable[[F], None]) -> web.RouteDef:
    """A POST route: reads its form, does its deed, and answers 204, or 400 with the reason."""
    reader = TypeAdapter(form)

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/json":
            return web.json_response({"problem": "application/json, please"}, status=415)
        try:
            deed(reader.validate_json(await request.read()))
        except ValueError as error:  # pydantic's errors are of this kind too
            return web.json_response({"problem": str(error)}, status=400)
        return web.Response(status=204)

    return web.post(f"/_stage/{name}", handle)
