"""Takes what the bot answers to an interaction: the first answer, edits and follow-ups.

Rule: the deadlines of Discord hold to the second of the world's clock.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.playground.local_discord.checks_commands import read_choices
from bot.playground.local_discord.checks_forms import read_form
from bot.playground.local_discord.checks_messages import Draft, Upload, read_message
from bot.playground.local_discord.forms import Form
from bot.playground.local_discord.interactions import (
    ANSWER_SECONDS,
    TOKEN_SECONDS,
    Answer,
    Asked,
    Interaction,
)
from bot.playground.local_discord.messages import Flag, Message
from bot.playground.local_discord.options import focused
from bot.playground.local_discord.posting import Posting
from bot.playground.local_discord.refusals import (
    Refusal,
    already_answered,
    dead_token,
    missing_permissions,
    unknown,
)
from bot.playground.local_discord.wire import Json, as_json
from bot.playground.local_discord.world import World

FLAGS: Final = int(
    Flag.SUPPRESS_EMBEDS | Flag.EPHEMERAL | Flag.SUPPRESS_NOTIFICATIONS | Flag.COMPONENTS_V2
)
"""The flags that an answer may set."""
_TYPES: Final = {1: 20, 2: 23, 3: 23}
"""Message types by command type."""


class Answering:
    """The bot's side of interactions."""

    def __init__(self, world: World, posting: Posting) -> None:
        self._world = world
        self._posting = posting

    # -- the first answer --

    async def first(
        self, interaction_id: int, token: str, body: Json, uploads: Sequence[Upload]
    ) -> Json:
        """Takes the first answer; the answer to that is a callback response."""
        interaction = self._world.interactions.get(token)
        if interaction is None or interaction.id != interaction_id:
            raise unknown("interaction")
        if interaction.answer is not None:
            raise already_answered()
        if self._age(interaction) > ANSWER_SECONDS:
            raise unknown("interaction")
        form = Form()
        form.choice(
            body.get("type"), ("type",), [int(kind) for kind in interaction.answers_allowed]
        )
        form.done()
        kind, data = Answer(body["type"]), as_json(body.get("data"))
        message = await self._act(interaction, kind, data, uploads)
        self._tell(interaction)
        return self._response(interaction, kind, message)

    async def _act(
        self, interaction: Interaction, kind: Answer, data: Json, uploads: Sequence[Upload]
    ) -> Message | None:
        if kind is Answer.CHOICES:
            interaction.choices = self._choices(interaction, data)
            interaction.answer = kind
            return None
        if kind is Answer.FORM:
            interaction.form = read_form(data, place=("data",))
            interaction.answer = kind
            return None
        if kind is Answer.UPDATE_LATER:
            interaction.answer, interaction.original = kind, interaction.message
            return None
        if kind is Answer.LATER:
            return await self._think(interaction, data)
        return await self._say(interaction, kind, data, uploads)

    async def _think(self, interaction: Interaction, data: Json) -> Message:
        flags = int(data.get("flags") or 0) & Flag.EPHEMERAL
        draft = replace(read_message({}, ()), flags=int(Flag.LOADING))
        interaction.answer = Answer.LATER
        return await self._post(interaction, draft, private=bool(flags), first=True)

    async def _say(
        self, interaction: Interaction, kind: Answer, data: Json, uploads: Sequence[Upload]
    ) -> Message:
        old = interaction.message if kind is Answer.UPDATE else None
        draft = read_message(data, uploads, place=("data",), editing=old, flags=FLAGS)
        interaction.answer = kind
        try:
            if old is None:
                private = bool((draft.flags or 0) & Flag.EPHEMERAL)
                return await self._post(interaction, draft, private=private, first=True)
            self._refuse_gone(old)
            self._posting.refuse_asleep(old)
            interaction.original = old
            return await self._posting.edit(old, draft, limit=interaction.size_limit)
        except Refusal:
            # What was refused was no answer: the bot may try again.
            interaction.answer = interaction.original = None
            raise

    def _choices(self, interaction: Interaction, data: Json) -> list[Json]:
        form = Form()
        given = form.things(data, "choices", ("data",), high=25)
        kind = int(as_json(focused(interaction.data)).get("type") or 3)
        choices = read_choices(form, given, ("data", "choices"), kind=kind)
        form.done()
        return choices

    async def _post(
        self, interaction: Interaction, draft: Draft, *, private: bool, first: bool
    ) -> Message:
        if interaction.channel.id not in self._world.channels:
            raise unknown("Channel")
        if first and interaction.type is Asked.COMMAND:
            kind, above = _TYPES[int(interaction.data.get("type") or 1)], None
        else:
            kind, above = 0, interaction.message if first else interaction.original
        if above is not None and above.ephemeral and not private:
            above = None  # or others would read what was not for them
        message = await self._posting.create(
            interaction.channel,
            self._world.bot,
            draft,
            limit=interaction.size_limit,
            interaction=interaction,
            only_for=interaction.user.id if private else None,
            kind=kind,
            reply_to=above.id if above else None,
        )
        if first:
            interaction.original = message
        interaction.messages.append(message)
        self._tell(interaction)
        return message

    def _response(self, interaction: Interaction, kind: Answer, message: Message | None) -> Json:
        about: Json = {"id": str(interaction.id), "type": int(interaction.type)}
        if message is None:
            return {"interaction": about}
        about |= {
            "response_message_id": str(message.id),
            "response_message_loading": message.thinking,
            "response_message_ephemeral": message.ephemeral,
        }
        if kind is Answer.LATER:
            return {"interaction": about}
        shown = self._world.render.message(message, guild_id=interaction.channel.guild_id)
        return {"interaction": about, "resource": {"type": int(kind), "message": shown}}

    # -- by the token, later --

    def by_token(self, application_id: int, token: str) -> Interaction:
        """The interaction that a token still opens."""
        interaction = self._world.interactions.get(token)
        if interaction is None or application_id != self._world.application_id:
            raise unknown("Webhook")
        if interaction.answer is None:
            raise unknown("Webhook")
        if self._age(interaction) > TOKEN_SECONDS:
            raise dead_token()
        return interaction

    def message_of(self, interaction: Interaction, which: str) -> Message:
        """`@original`, or an answer by its id."""
        if which == "@original":
            found = interaction.original
        else:
            every = [*interaction.messages, interaction.original]
            found = next((one for one in every if one and str(one.id) == which), None)
        if found is None:
            raise unknown("Message")
        self._refuse_gone(found)
        return found

    async def follow_up(
        self, interaction: Interaction, body: Json, uploads: Sequence[Upload]
    ) -> Message:
        """One more message; the first one fills the placeholder if there is one."""
        original = interaction.original
        if original is not None and original.thinking and not original.deleted:
            return await self.edit(interaction, original, body, uploads)
        draft = read_message(body, uploads, flags=FLAGS)
        private = bool((draft.flags or 0) & Flag.EPHEMERAL)
        return await self._post(interaction, draft, private=private, first=False)

    async def edit(
        self, interaction: Interaction, message: Message, body: Json, uploads: Sequence[Upload]
    ) -> Message:
        """Changes an answer."""
        self._posting.refuse_asleep(message)
        draft = read_message(body, uploads, editing=message, flags=FLAGS)
        await self._posting.edit(message, draft, limit=interaction.size_limit)
        self._tell(interaction)
        return message

    def delete(self, interaction: Interaction, message: Message) -> None:
        """Takes an answer away."""
        if message.author is not self._world.bot:
            raise missing_permissions()
        self._posting.refuse_asleep(message)
        self._posting.delete(message)
        self._tell(interaction)

    def _refuse_gone(self, message: Message) -> None:
        if message.deleted or message.channel_id not in self._world.channels:
            raise unknown("Message")

    def _age(self, interaction: Interaction) -> float:
        return self._world.clock.now() - interaction.created_at

    def _tell(self, interaction: Interaction) -> None:
        self._world.bus.publish("interaction_answered", interaction, only_for=interaction.user.id)
