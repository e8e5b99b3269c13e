"""Routes about application commands.

Rule: global and per-server commands are two books with the same rules.
"""

from bot.playground.local_discord.calls import Call, Reply, Route
from bot.playground.local_discord.refusals import missing_access, unknown
from bot.playground.local_discord.world import World


class CommandRoutes:
    """The command book over HTTP."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """Both books."""
        found: list[Route] = []
        for scope in ("", "/guilds/{guild_id}"):
            every = f"/applications/{{application_id}}{scope}/commands"
            one = f"{every}/{{command_id}}"
            found += [
                Route("GET", every, self._list),
                Route("PUT", every, self._replace),
                Route("POST", every, self._add),
                Route("GET", one, self._show),
                Route("PATCH", one, self._change),
                Route("DELETE", one, self._remove),
            ]
        return found

    def _scope(self, call: Call) -> int | None:
        if call.id("application_id") != self._world.application_id:
            raise unknown("Application")
        if "guild_id" not in call.params:
            return None
        guild_id = call.id("guild_id")
        if guild_id not in self._world.guilds:
            raise missing_access()
        return guild_id

    async def _list(self, call: Call) -> Reply:
        return 200, self._world.commands.all_of(self._scope(call))

    async def _replace(self, call: Call) -> Reply:
        kept = self._world.commands.replace(self._scope(call), call.jsons)
        self._world.bus.publish("commands_changed", kept)
        return 200, kept

    async def _add(self, call: Call) -> Reply:
        kept, new = self._world.commands.put(self._scope(call), call.json)
        self._world.bus.publish("commands_changed", [kept])
        return (201 if new else 200), kept

    async def _show(self, call: Call) -> Reply:
        return 200, self._world.commands.one(self._scope(call), call.id("command_id"))

    async def _change(self, call: Call) -> Reply:
        scope, command_id = self._scope(call), call.id("command_id")
        kept = self._world.commands.change(scope, command_id, call.json)
        self._world.bus.publish("commands_changed", [kept])
        return 200, kept

    async def _remove(self, call: Call) -> Reply:
        self._world.commands.remove(self._scope(call), call.id("command_id"))
        self._world.bus.publish("commands_changed", [])
        return 204, None
