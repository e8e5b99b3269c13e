"""The commands that the application has registered, globally and per server.

Rule: a bulk PUT replaces all of its scope; a command keeps its id as long as it keeps its name.
"""

from collections.abc import Iterable
from typing import Final

from bot.playground.local_discord.checks_commands import CommandType, read_command
from bot.playground.local_discord.forms import Form
from bot.playground.local_discord.refusals import too_many_commands, unknown
from bot.playground.local_discord.snowflakes import Snowflakes
from bot.playground.local_discord.wire import Json, Jsons

LIMITS: Final = {
    CommandType.SLASH: 100,
    CommandType.USER_MENU: 5,
    CommandType.MESSAGE_MENU: 5,
}


class CommandBook:
    """All commands; the scope is a server's id, or None for the global ones."""

    def __init__(self, application_id: int, ids: Snowflakes) -> None:
        self._application_id = application_id
        self._ids = ids
        self._kept: dict[int | None, dict[int, Json]] = {}
        self.created = 0
        """How many were newly made: Discord allows 200 a day."""

    def written(self) -> Jsons:
        """All scopes, for a later life."""
        return [
            {"scope": scope, "commands": list(kept.values())} for scope, kept in self._kept.items()
        ]

    def take_back(self, application_id: int, scopes: Jsons) -> None:
        """Knows what an earlier life knew."""
        self._application_id = application_id
        self._kept = {
            one["scope"]: {int(each["id"]): each for each in one["commands"]} for one in scopes
        }

    def all_of(self, scope: int | None) -> Jsons:
        """The commands of one scope."""
        return list(self._kept.get(scope, {}).values())

    def one(self, scope: int | None, command_id: int) -> Json:
        """One command."""
        found = self._kept.get(scope, {}).get(command_id)
        if found is None:
            raise unknown("application command")
        return found

    def replace(self, scope: int | None, bodies: Jsons) -> Jsons:
        """Puts these in the place of all that were there."""
        form = Form()
        read = [read_command(form, body, (index,)) for index, body in enumerate(bodies)]
        names = [((i, "name"), f"{one['type']} {one['name']}") for i, one in enumerate(read)]
        words = "Application command names must be unique"
        form.unique(names, "APPLICATION_COMMANDS_DUPLICATE_NAME", words)
        form.done()
        _refuse_too_many(read)
        old = {(one["type"], one["name"]): one for one in self.all_of(scope)}
        kept = [self._keep(scope, one, old.get((one["type"], one["name"]))) for one in read]
        self._kept[scope] = {int(one["id"]): one for one in kept}
        return kept

    def put(self, scope: int | None, body: Json) -> tuple[Json, bool]:
        """Adds one, or replaces the one of its name; and whether it is new."""
        form = Form()
        read = read_command(form, body)
        form.done()
        old = self._named(scope, read)
        if old is None:
            _refuse_too_many([*self.all_of(scope), read])
        kept = self._keep(scope, read, old)
        self._kept.setdefault(scope, {})[int(kept["id"])] = kept
        return kept, old is None

    def change(self, scope: int | None, command_id: int, body: Json) -> Json:
        """Changes what the body speaks of."""
        old = self.one(scope, command_id)
        form = Form()
        read = read_command(form, {**old, **body, "type": old["type"]})
        form.done()
        kept = self._keep(scope, read, old)
        self._kept[scope][command_id] = kept
        return kept

    def remove(self, scope: int | None, command_id: int) -> None:
        """Takes one out."""
        self.one(scope, command_id)
        del self._kept[scope][command_id]

    def _named(self, scope: int | None, command: Json) -> Json | None:
        same = (command["type"], command["name"])
        every = self.all_of(scope)
        return next((one for one in every if (one["type"], one["name"]) == same), None)

    def _keep(self, scope: int | None, read: Json, old: Json | None) -> Json:
        own = {"id", "application_id", "version", "guild_id"}
        if old is not None and {k: v for k, v in old.items() if k not in own} == read:
            return old
        self.created += old is None
        kept: Json = {
            "id": old["id"] if old else str(self._ids.next()),
            "application_id": str(self._application_id),
            "version": str(self._ids.next()),
            **read,
        }
        return kept if scope is None else kept | {"guild_id": str(scope)}


def _refuse_too_many(commands: Iterable[Json]) -> None:
    count = dict.fromkeys(LIMITS, 0)
    for command in commands:
        kind = CommandType(command["type"])
        count[kind] += 1
        if count[kind] > LIMITS[kind]:
            raise too_many_commands(LIMITS[kind])
