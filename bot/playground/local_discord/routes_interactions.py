"""Routes that an interaction's token opens: the first answer, edits, follow-ups.

Rule: no bot token is asked for here, and none helps.
"""

from bot.playground.local_discord.answering import Answering
from bot.playground.local_discord.calls import Call, Reply, Route
from bot.playground.local_discord.interactions import Interaction
from bot.playground.local_discord.messages import Message
from bot.playground.local_discord.wire import Json
from bot.playground.local_discord.world import World


class InteractionRoutes:
    """Callbacks and the webhook of an interaction."""

    def __init__(self, world: World, answering: Answering) -> None:
        self._world = world
        self._answering = answering

    def routes(self) -> list[Route]:
        """All of them."""
        hook = "/webhooks/{application_id}/{token}"
        one = f"{hook}/messages/{{message_id}}"
        callback = "/interactions/{interaction_id}/{token}/callback"
        return [
            Route("POST", callback, self._first, open=True),
            Route("POST", hook, self._follow_up, open=True),
            Route("GET", one, self._show, open=True),
            Route("PATCH", one, self._edit, open=True),
            Route("DELETE", one, self._delete, open=True),
        ]

    async def _first(self, call: Call) -> Reply:
        interaction_id, token = call.id("interaction_id"), call.params["token"]
        answer = await self._answering.first(interaction_id, token, call.json, call.uploads)
        if call.query.get("with_response") in {"1", "true"}:
            return 200, answer
        return 204, None

    async def _follow_up(self, call: Call) -> Reply:
        interaction = self._of(call)
        message = await self._answering.follow_up(interaction, call.json, call.uploads)
        return 200, self._shown(message)

    async def _show(self, call: Call) -> Reply:
        return 200, self._shown(self._message(call, self._of(call)))

    async def _edit(self, call: Call) -> Reply:
        interaction = self._of(call)
        message = self._message(call, interaction)
        await self._answering.edit(interaction, message, call.json, call.uploads)
        return 200, self._shown(message)

    async def _delete(self, call: Call) -> Reply:
        interaction = self._of(call)
        self._answering.delete(interaction, self._message(call, interaction))
        return 204, None

    def _of(self, call: Call) -> Interaction:
        return self._answering.by_token(call.id("application_id"), call.params["token"])

    def _message(self, call: Call, interaction: Interaction) -> Message:
        return self._answering.message_of(interaction, call.params["message_id"])

    def _shown(self, message: Message) -> Json:
        channel = self._world.channel(message.channel_id)
        return self._world.render.message(message, guild_id=channel.guild_id)
