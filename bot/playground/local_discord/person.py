"""The member's side: sees, types, presses, fills in and waits like a person at a client.

Rule: a person can do only what Discord's client would let this person do.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from bot.playground.local_discord.asking import ask
from bot.playground.local_discord.checks_commands import (
    CommandType,
    OptionType,
)
from bot.playground.local_discord.checks_messages import MAX_CONTENT, Upload, read_message
from bot.playground.local_discord.components import Part
from bot.playground.local_discord.files import UNKNOWN_TYPE
from bot.playground.local_discord.interactions import Asked, Interaction
from bot.playground.local_discord.invocation import Invocation
from bot.playground.local_discord.messages import Attachment, Message
from bot.playground.local_discord.options import (
    ClientRefusal,
    Value,
    branch,
    check,
    check_all,
    written,
)
from bot.playground.local_discord.people import User
from bot.playground.local_discord.permissions import EVERYTHING, Can, in_channel
from bot.playground.local_discord.places import Channel
from bot.playground.local_discord.posting import Posting
from bot.playground.local_discord.resolving import resolved_options, resolved_values
from bot.playground.local_discord.submitting import Fill, fill_in
from bot.playground.local_discord.uploading import FileLike, name_and_body, take_file
from bot.playground.local_discord.wire import Json, Jsons, as_jsons
from bot.playground.local_discord.world import World

ANSWER_TIMEOUT: Final = 30.0


class Person:
    """Somebody at a client."""

    def __init__(self, world: World, user: User) -> None:
        self.user = user
        self._world = world

    # -- looking --

    def sees(self, channel: Channel) -> bool:
        """Whether the channel is in this person's list."""
        return self._world.can(self.user, channel, Can.VIEW_CHANNEL)

    def messages(
        self, channel: Channel, *, before: int | None = None, limit: int = 50
    ) -> list[Message]:
        """The last messages, oldest first, with those for this person alone."""
        if not self.sees(channel):
            raise ClientRefusal("You do not have access to this channel.")
        found = channel.history.seen_by(self.user.id, before=before, limit=limit)
        return [message for message in found if not message.dismissed]

    def direct_messages(self) -> list[Message]:
        """What the bot wrote to this person alone."""
        return self.messages(self._world.direct_channel(self.user), limit=1000)

    def was_pinged_by(self, message: Message) -> bool:
        """Whether the message notified this person."""
        return self.user.id in message.pinged

    def commands(self, channel: Channel) -> Jsons:
        """The commands that the client offers here."""
        guild = self._world.guild_of(channel)
        books = [self._world.commands.all_of(None)]
        if guild is not None:
            books.append(self._world.commands.all_of(guild.id))
        return [one for book in books for one in book if self._offered(one, channel)]

    def _offered(self, command: Json, channel: Channel) -> bool:
        guild, contexts = self._world.guild_of(channel), command.get("contexts")
        if guild is None:
            return bool(command["dm_permission"])
        member = guild.members.get(self.user.id)
        if member is None or not self.sees(channel) or (contexts is not None and 0 not in contexts):
            return False
        rights = in_channel(guild, member, channel)
        wanted = command["default_member_permissions"]
        granted = {(str(command["name"]), who) for who in [self.user.id, *member.roles]}
        if rights == EVERYTHING or granted & guild.command_grants:
            return True
        if wanted is not None and (int(wanted) == 0 or int(wanted) & ~rights):
            return False
        return bool(rights & Can.USE_APPLICATION_COMMANDS)

    # -- commands --

    def _command(self, kind: CommandType, name: str, channel: Channel) -> Json:
        offered = self.commands(channel)
        for command in offered:
            if command["type"] == kind and command["name"] == name:
                return command
        named = ", ".join(str(command["name"]) for command in offered)
        raise ClientRefusal(f"No command {name!r} is offered here; there is: {named or 'nothing'}")

    def specs(self, command: str, channel: Channel) -> Jsons:
        """The options of a command, named with its subcommands."""
        words = command.removeprefix("/").split()
        found = self._command(CommandType.SLASH, words[0] if words else "", channel)
        return as_jsons(branch(found, words[1:]).get("options"))

    async def slash(
        self,
        command: str,
        options: Mapping[str, Value] | None = None,
        *,
        channel: Channel,
        attachments: Mapping[str, FileLike] | None = None,
    ) -> Invocation:
        """Types a command with its subcommands, such as `ltx text`, and presses Enter."""
        words = command.removeprefix("/").split()
        found = self._command(CommandType.SLASH, words[0], channel)
        specs = as_jsons(branch(found, words[1:]).get("options"))
        values = dict(options or {})
        for name, file in (attachments or {}).items():
            values[name] = await self.upload(file, channel=channel)
        check_all(specs, values)
        data = self._data(found, words[1:], written(specs, values))
        if resolved := resolved_options(self._world, values.values(), channel):
            data["resolved"] = resolved
        return self._ask(Asked.COMMAND, channel, data)

    async def autocomplete(
        self,
        command: str,
        option: str,
        typed: str = "",
        *,
        channel: Channel,
        options: Mapping[str, Value] | None = None,
    ) -> Jsons:
        """What the client offers below an option for what was typed so far."""
        words = command.removeprefix("/").split()
        found = self._command(CommandType.SLASH, words[0], channel)
        specs = as_jsons(branch(found, words[1:]).get("options"))
        if not any(one["name"] == option and one.get("autocomplete") for one in specs):
            raise ClientRefusal("There is nothing to complete here.", field=option)
        values = dict(options or {})
        for one in specs:
            if one["name"] in values:
                check(one, values[one["name"]])
        fields = written(specs, {**values, option: typed}, focus=option)
        asked = self._ask(Asked.AUTOCOMPLETE, channel, self._data(found, words[1:], fields))
        return await asked.choices()

    @staticmethod
    def _data(command: Json, path: list[str], options: Jsons) -> Json:
        below = options
        for depth, word in reversed(list(enumerate(path))):
            group = len(path) == 2 and depth == 0
            kind = OptionType.GROUP if group else OptionType.SUBCOMMAND
            below = [{"name": word, "type": int(kind), "options": below}]
        data: Json = {"id": command["id"], "name": command["name"], "type": command["type"]}
        data["options"] = below
        if "guild_id" in command:
            data["guild_id"] = command["guild_id"]
        return data

    async def menu(self, command: str, message: Message) -> Invocation:
        """Picks a command from the menu of a message."""
        channel = self._at(message)
        found = self._command(CommandType.MESSAGE_MENU, command, channel)
        shown = self._world.render.message(message, guild_id=channel.guild_id)
        data: Json = {
            "id": found["id"],
            "name": found["name"],
            "type": int(CommandType.MESSAGE_MENU),
            "target_id": str(message.id),
            "resolved": {"messages": {str(message.id): shown}},
        }
        if "guild_id" in found:
            data["guild_id"] = found["guild_id"]
        return self._ask(Asked.COMMAND, channel, data)

    async def upload(self, file: FileLike, *, channel: Channel) -> Attachment:
        """Gives a file to a command; it may be used as an option's value."""
        return await take_file(self._world, file, self.user, channel)

    # -- components --

    async def press(self, message: Message, button: str) -> Invocation:
        """Presses a button, named by its label or its custom id."""
        found = _named(message.buttons, button, "button")
        if "custom_id" not in found:
            raise ClientRefusal(f"{button!r} is a link to {found.get('url')}.")
        data: Json = {
            "custom_id": found["custom_id"],
            "component_type": int(Part.BUTTON),
            "id": found["id"],
        }
        return self._ask(Asked.COMPONENT, self._at(message), data, message=message)

    async def choose(self, message: Message, select: str, *values: Value) -> Invocation:
        """Chooses in a select menu, named by its custom id or placeholder."""
        found = _named(message.selects, select, "menu")
        data: Json = {
            "custom_id": found["custom_id"],
            "component_type": found["type"],
            "id": found["id"],
        }
        channel = self._at(message)
        data |= resolved_values(self._world, found, values, channel)
        return self._ask(Asked.COMPONENT, channel, data, message=message)

    async def submit(
        self, invocation: Invocation, fields: Mapping[str, Fill] | None = None
    ) -> Invocation:
        """Fills in the form that an invocation opened (by custom id or label) and sends it."""
        form = await invocation.form()
        cause = invocation.interaction
        if cause.submission is not None and cause.submission.answer is not None:
            raise ClientRefusal("This form has been sent.")
        data = await fill_in(self._world, form, fields or {}, self.user, cause.channel)
        message = cause.message
        sent = self._ask(Asked.FORM, cause.channel, data, message=message, cause=cause)
        cause.submission = sent.interaction
        return sent

    # -- writing --

    async def say(
        self,
        channel: Channel,
        content: str = "",
        *,
        files: Iterable[bytes | Path | tuple[str, bytes]] = (),
    ) -> Message:
        """Writes a message into a channel."""
        self._refuse_outage()
        if not self._world.can(self.user, channel, Can.SEND_MESSAGES):
            raise ClientRefusal("You do not have permission to send messages in this channel.")
        if len(content) > MAX_CONTENT:
            raise ClientRefusal("Your message is too long.")
        named = [name_and_body(file) for file in files]
        uploads = [Upload(i, name, UNKNOWN_TYPE, body) for i, (name, body) in enumerate(named)]
        draft = read_message({"content": content}, uploads)
        limit = self.user.upload_limit
        return await Posting(self._world).create(channel, self.user, draft, limit=limit)

    def delete(self, message: Message) -> None:
        """Deletes a message, one's own or as a moderator."""
        channel = self._at(message)
        own = message.author is self.user
        if not own and not self._world.can(self.user, channel, Can.MANAGE_MESSAGES):
            raise ClientRefusal("You do not have permission to delete this message.")
        Posting(self._world).delete(message)

    def dismiss(self, message: Message) -> None:
        """Puts an ephemeral message away."""
        if message.only_for != self.user.id:
            raise ClientRefusal("Only ephemeral messages can be dismissed.")
        message.dismissed = True
        self._world.bus.publish("message_deleted", message, only_for=self.user.id)

    # -- waiting --

    async def wait_for_message(
        self,
        predicate: Callable[[Message], bool] = lambda _: True,
        *,
        channel: Channel,
        after: int = 0,
        timeout: float = ANSWER_TIMEOUT,  # noqa: ASYNC109 - its error says what was awaited
        wanted: str = "such a message",
    ) -> Message:
        """The newest message this person sees here that fits, as soon as there is one.

        Messages up to the id `after` do not count. An edit that makes a message fit counts.
        """

        def find() -> Message | None:
            for message in channel.history.newest_for(self.user.id):
                if message.id <= after:
                    return None
                if not message.thinking and predicate(message):
                    return message
            return None

        return await self._world.bus.until(find, timeout=timeout, wanted=wanted)

    # -- inside --

    def _refuse_outage(self) -> None:
        # People meet the same outage as the bot.
        if self._world.faults.outage is not None:
            raise ClientRefusal("Discord cannot be reached.")

    def _at(self, message: Message) -> Channel:
        channel = self._world.channels.get(message.channel_id)
        gone = message.deleted or message.dismissed or channel is None
        if gone or channel is None or message.only_for not in {None, self.user.id}:
            raise ClientRefusal("This message is not there.")
        if not self.sees(channel):
            raise ClientRefusal("You do not have access to this channel.")
        return channel

    def _ask(
        self,
        kind: Asked,
        channel: Channel,
        data: Json,
        *,
        message: Message | None = None,
        cause: Interaction | None = None,
    ) -> Invocation:
        self._refuse_outage()
        asked = ask(
            self._world,
            kind,
            user=self.user,
            channel=channel,
            data=data,
            message=message,
            cause=cause,
        )
        return Invocation(self._world, asked)


def _named(parts: Jsons, name: str, kind: str) -> Json:
    for part in parts:
        if name in {part.get("custom_id"), part.get("label"), part.get("placeholder")}:
            if part.get("disabled"):
                raise ClientRefusal(f"The {kind} {name!r} is disabled.")
            return part
    there = ", ".join(str(part.get("label") or part.get("custom_id")) for part in parts)
    raise ClientRefusal(f"There is no {kind} {name!r}; there is: {there or 'none'}")
