"""The admin surface's deeds of people: what a page or a test elsewhere lets a person do.

Rule: it is the same `Person` that tests use; a refusal of the client comes back as words.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from bot.playground.local_discord.checks_commands import OptionType
from bot.playground.local_discord.components import Part, walk
from bot.playground.local_discord.invocation import Invocation
from bot.playground.local_discord.messages import Message
from bot.playground.local_discord.options import ClientRefusal, Value
from bot.playground.local_discord.person import Person
from bot.playground.local_discord.places import Channel
from bot.playground.local_discord.telling import Teller
from bot.playground.local_discord.wire import Json, as_json, as_jsons
from bot.playground.local_discord.world import World

_USERS: Final = {OptionType.USER, OptionType.MENTIONABLE}
_ROLES: Final = {OptionType.ROLE, OptionType.MENTIONABLE}


class Act(BaseModel):
    """A deed. Which fields count depends on the verb."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    user: int
    """Who does it."""
    channel: int | None = None
    message: int | None = None
    interaction: int | None = None
    """Of `submit`: the interaction that opened the form."""
    name: str = ""
    """The command, button, menu; of `autocomplete` the command."""
    option: str = ""
    typed: str = ""
    options: dict[str, Any] = Field(default_factory=dict)
    """Values by option or field; users, roles, channels and uploads by their ids."""
    values: list[str] = Field(default_factory=list)
    content: str = ""
    files: tuple[int, ...] = ()
    """Uploads that go along with what is said."""


Deed: TypeAlias = Callable[["Act", Person], Awaitable[Json]]


class Acts:
    """All verbs."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._teller = Teller(world)
        self.verbs: Final[dict[str, Deed]] = {
            "slash": self._slash,
            "autocomplete": self._autocomplete,
            "menu": self._menu,
            "press": self._press,
            "choose": self._choose,
            "submit": self._submit,
            "say": self._say,
            "delete": self._delete,
            "dismiss": self._dismiss,
        }

    async def perform(self, verb: str, act: Act) -> Json:
        """Does one deed; the answer tells how far it has come at once."""
        if verb not in self.verbs:
            raise ClientRefusal(f"There is no verb {verb!r}; there is: {', '.join(self.verbs)}.")
        user = self._world.users.get(act.user)
        if user is None:
            raise ClientRefusal(f"Nobody has the id {act.user}.")
        return await self.verbs[verb](act, Person(self._world, user))

    async def _slash(self, act: Act, person: Person) -> Json:
        channel = self._channel(act)
        values = self._options(act, person, channel)
        return self._asked(await person.slash(act.name, values, channel=channel))

    async def _autocomplete(self, act: Act, person: Person) -> Json:
        channel = self._channel(act)
        values = self._options(act, person, channel)
        choices = await person.autocomplete(
            act.name, act.option, act.typed, channel=channel, options=values
        )
        return {"choices": choices}

    async def _menu(self, act: Act, person: Person) -> Json:
        return self._asked(await person.menu(act.name, self._message(act)))

    async def _press(self, act: Act, person: Person) -> Json:
        return self._asked(await person.press(self._message(act), act.name))

    async def _choose(self, act: Act, person: Person) -> Json:
        message = self._message(act)
        kinds = {one.get("custom_id"): one["type"] for one in message.selects}
        kind = kinds.get(act.name, Part.STRING_SELECT)
        values = [self._chosen(int(kind), value) for value in act.values]
        return self._asked(await person.choose(message, act.name, *values))

    async def _submit(self, act: Act, person: Person) -> Json:
        every = self._world.interactions.values()
        cause = next((one for one in every if one.id == act.interaction), None)
        if cause is None or cause.user is not person.user or cause.form is None:
            raise ClientRefusal("There is no such form.")
        kinds = _field_kinds(cause.form)
        fields = {
            name: self._filled(kinds.get(name, 0), value) for name, value in act.options.items()
        }
        return self._asked(await person.submit(Invocation(self._world, cause), fields))

    async def _say(self, act: Act, person: Person) -> Json:
        found = [self._world.files.find(file) for file in act.files]
        files = [(one.filename, await self._world.files.read(one)) for one in found if one]
        message = await person.say(self._channel(act), act.content, files=files)
        return {"message": self._teller.message(message)}

    async def _delete(self, act: Act, person: Person) -> Json:
        person.delete(self._message(act))
        return {}

    async def _dismiss(self, act: Act, person: Person) -> Json:
        person.dismiss(self._message(act))
        return {}

    # -- from ids to things --

    def _asked(self, invocation: Invocation) -> Json:
        return {"interaction": self._teller.interaction(invocation.interaction)}

    def _channel(self, act: Act) -> Channel:
        channel = self._world.channels.get(act.channel or 0)
        if channel is None:
            raise ClientRefusal("There is no such channel.")
        return channel

    def _message(self, act: Act) -> Message:
        message = self._channel(act).history.find(act.message or 0)
        if message is None:
            raise ClientRefusal("There is no such message.")
        return message

    def _options(self, act: Act, person: Person, channel: Channel) -> dict[str, Value]:
        kinds = {one["name"]: int(one["type"]) for one in person.specs(act.name, channel)}
        return {
            name: self._value(kinds.get(name, 0), value, channel)
            for name, value in act.options.items()
        }

    def _value(self, kind: int, value: Any, channel: Channel) -> Value:
        number = int(value) if str(value).isdigit() else 0
        guild = self._world.guild_of(channel)
        if kind in _USERS and number in self._world.users:
            return self._world.users[number]
        if kind in _ROLES and guild is not None and number in guild.roles:
            return guild.roles[number]
        if kind == OptionType.CHANNEL and number in self._world.channels:
            return self._world.channels[number]
        if kind == OptionType.ATTACHMENT and (file := self._world.files.find(number)):
            return file
        return value

    def _chosen(self, kind: int, value: str) -> Value:
        number = int(value) if value.isdigit() else 0
        roles = {
            one.id: one for guild in self._world.guilds.values() for one in guild.roles.values()
        }
        if kind in {Part.USER_SELECT, Part.MENTIONABLE_SELECT} and number in self._world.users:
            return self._world.users[number]
        if kind in {Part.ROLE_SELECT, Part.MENTIONABLE_SELECT} and number in roles:
            return roles[number]
        if kind == Part.CHANNEL_SELECT and number in self._world.channels:
            return self._world.channels[number]
        return value

    def _filled(self, kind: int, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        found: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        if kind == Part.FILE_UPLOAD:
            return [
                self._world.files.find(int(one)) or one if _is_id(one) else one for one in found
            ]
        return [self._chosen(kind, str(one)) for one in found]


def _field_kinds(form: Json) -> dict[str, int]:
    """The types of a form's fields, by custom id and by label."""
    kinds: dict[str, int] = {}
    for part in walk(as_jsons(form["components"])):
        field = as_json(part.get("component")) or part
        for name in (field.get("custom_id"), part.get("label")):
            kinds.setdefault(str(name), int(field["type"]))
    return kinds


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value.isdigit()
