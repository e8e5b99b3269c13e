"""A Discord on this machine, which the real client library logs in to.

Rule: it knows nothing of the bot and nothing of the client library; both meet it over the wire.

    async with LocalDiscord() as discord:             # World(folder=…, token=…) may be given
        cast = furnish(discord.world)                 # servers, channels, people; or build your own
        …start the bot with discord.api_url, discord.gateway_url, discord.token…
        await discord.bot_connected()
        ann = discord.person(cast.ann)
        asked = await ann.slash("ltx text", {"prompt": "a fox"}, channel=cast.videos)
        question = await asked.message()              # what replaces "thinking…"
        await (await ann.press(question, "Make it")).answer()
        video = await ann.wait_for_message(lambda m: m.author.bot and m.media, channel=cast.videos)

**The world** (`discord.world`) is built and changed at any time; the bot is told over the gateway:
`add_user`, `add_guild`, `add_channel` (threads with `parent=`, forums with `kind=Kind.FORUM`),
`add_role`, `set_role`, `set_member`, `set_overwrite`, `bot_role`, `set_tier` (file limit),
`remove_channel`, `remove_guild`, `remove_member`, `set_archived`; `user.takes_direct_messages`,
`user.upload_limit`; `world.gateway.granted` (privileged intents: none to begin with).
`world.clock.advance(seconds)` makes 3 s, 15 min and a day pass at once.

**A person** (`discord.person(user)`) is held to what Discord's client allows: `commands`, `slash`,
`autocomplete`, `menu`, `upload`, `press`, `choose`, `submit`, `say`, `delete`, `dismiss`,
`messages`, `direct_messages`, `wait_for_message`, `was_pinged_by`. A refusal of the client is
`ClientRefusal` with `.field` and `.message`; an application that did not answer in three seconds
is `DidNotRespond`.

**An invocation** comes of `slash`, `menu`, `press`, `choose`, `submit`; it waits with `answer()`,
`message(predicate)`, `form()`, `choices()`, `failure()`, and lists `messages`.

**A message** stays the same object through its edits: `text` (all there is to read), `content`,
`buttons`, `labels`, `selects`, `attachments`, `media`, `ephemeral`, `thinking`, `deleted`,
`edits`, `pinged`, `nonce`. `discord.read(attachment)` gives a file's bytes.

**Faults** (`discord.faults`): `fail(method, path, status=, when="before"|"after", code=, times=)`,
`reset`, `limit`, `delay`; paths are patterns after `/api/v10`, such as `/channels/*/messages`.
`discord.go_down("503"|"reset", seconds=)`, `come_back()`; `unplug()`, `plug_in()` for a closed port.
`discord.gateway`: `close(code)`, `ask_to_reconnect()`, `invalidate(resumable=)`, `tell_nonsense()`.

**The journal** (`discord.journal`) keeps every request and its answer: `of("POST", pattern)`.

**Another process** does all of this below `/_world`: GET `/_world` (with `as=U`: the places that U
sees, and what U may there), `/_world/requests?since=N`,
`/_world/commands?as=U&channel=C`, `/_world/channels/C/messages?as=U&before=&limit=`,
`/_world/interactions/I`; websocket `/_world/events?as=U`; POST `/_world/uploads?as=U&channel=C&name=`
(raw bytes), `/_world/acts/VERB` (`admin_acts.Act`) and the forms of `admin_changes.CHANGES`.
`build_app(world)` is the aiohttp application; `LocalDiscord(routes=…)` serves more beside it.
"""

from bot.playground.local_discord.cast import Cast, furnish
from bot.playground.local_discord.clock import Clock
from bot.playground.local_discord.faults import Fault, Faults
from bot.playground.local_discord.invocation import DidNotRespond, Invocation
from bot.playground.local_discord.journal import Exchange, Journal
from bot.playground.local_discord.messages import Attachment, Flag, Message
from bot.playground.local_discord.options import ClientRefusal
from bot.playground.local_discord.people import Member, Role, User
from bot.playground.local_discord.permissions import Can
from bot.playground.local_discord.person import Person
from bot.playground.local_discord.places import Channel, Guild, Kind, Overwrite
from bot.playground.local_discord.server import LocalDiscord, LocalDiscordError, build_app, serve
from bot.playground.local_discord.world import World

__all__ = [
    "Attachment",
    "Can",
    "Cast",
    "Channel",
    "ClientRefusal",
    "Clock",
    "DidNotRespond",
    "Exchange",
    "Fault",
    "Faults",
    "Flag",
    "Guild",
    "Invocation",
    "Journal",
    "Kind",
    "LocalDiscord",
    "LocalDiscordError",
    "Member",
    "Message",
    "Overwrite",
    "Person",
    "Role",
    "User",
    "World",
    "build_app",
    "furnish",
    "serve",
]
