"""What admins read after they decided about anything but money."""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Plural, Text

TEXTS: Final[Mapping[str, Text]] = {
    # Rights, as Discord calls them.
    "permission.view_channel": "View Channel",
    "permission.send_messages": "Send Messages",
    "permission.send_messages_in_threads": "Send Messages in Threads",
    "permission.embed_links": "Embed Links",
    "permission.attach_files": "Attach Files",
    "permission.read_message_history": "Read Message History",
    "permission.manage_threads": "Manage Threads",
    # Places.
    "studio.channel.title": "Where videos are posted",
    "studio.channel.none": "not set",
    "studio.channel.only": (
        "Whoever orders a video elsewhere is told where it goes. `/studio anywhere` changes that."
    ),
    "studio.channel.anywhere": "At present videos go wherever they were ordered: see `/studio anywhere`.",
    "studio.channel.kind": (
        "Videos need a text channel, an announcement channel or a thread, and {channel} is none."
        " Nothing was changed."
    ),
    "studio.channel.gone": "There is no such channel in this server. Nothing was changed.",
    "studio.channel.private-thread": (
        "The bot is not in {channel}. Mention it there once, so that Discord adds it, or give it *Manage"
        " Threads*, and try again. Nothing was changed."
    ),
    "studio.channel.closed": (
        "The bot cannot work in {channel} yet. It lacks: {permissions:list}. Give it these in the"
        " channel's settings under *Permissions*, and try again. Nothing was changed."
    ),
    "studio.admin-channel.title": "Where admins are asked and warned",
    "studio.admin-channel.use": "Everybody who can read there sees what members ask for and what they spend.",
    "studio.anywhere.title": "Where videos may appear",
    "studio.anywhere.yes": "where they were ordered",
    "studio.anywhere.no": "in the generation channel only",
    # Limits.
    "studio.limits.title": "Limits for each member",
    "studio.limits.at_once": Plural(
        by="value", one="one video at once", other="{value} videos at once"
    ),
    "studio.limits.queued": Plural(
        by="value", one="one more in line", other="{value} more in line"
    ),
    "studio.limits.dearest": "a single video costs {value:money} at most",
    "studio.limits.confirm_above": "above {value:money} the bot asks first",
    "studio.limits.nothing-dear": "With nothing as the dearest price, nobody can make a video.",
    # Blocks.
    "studio.block.title": "Blocked",
    "studio.block.member": "{whom} cannot order videos any more. What is being made is finished.",
    "studio.block.member.already": "{whom} was blocked already, so nothing changed.",
    "studio.block.word": (
        "Prompts with {whom} are refused from now on: as a whole word, however it is written."
    ),
    "studio.block.word.already": "{whom} is refused already, so nothing changed.",
    "studio.block.line": Plural(
        by="count",
        one="One video was taken out of the line. Nothing was charged for it, and its maker is told.",
        other=(
            "{count} videos were taken out of the line. Nothing was charged for them, and their makers"
            " are told."
        ),
    ),
    "studio.block.list": "Who and what is blocked",
    "studio.block.none": "Nobody and nothing. Name a member or a word to block one.",
    "studio.unblock.title": "No longer blocked",
    "studio.unblock.member": "{whom} can order videos again.",
    "studio.unblock.member.already": "{whom} was not blocked, so nothing changed.",
    "studio.unblock.word": "Prompts may contain {whom} again.",
    "studio.unblock.word.already": "{whom} was not blocked, so nothing changed.",
    # LoRAs.
    "studio.lora.title": "LoRAs of this server",
    "studio.lora.list": "LoRAs of this server: {count} of 200",
    "studio.lora.none": "There are none yet. `/studio lora-add` with a name and an address adds one.",
    "studio.lora.line": "**{name}** at {scale} · {address}",
    "studio.lora.both": "A LoRA needs a name and an address. Name both. Nothing was changed.",
    "studio.lora.added": "{name} is offered by the option `lora` now:",
    "studio.lora.already": "{name} stands for just that already, so nothing changed:",
    "studio.lora.replaced": "{name} stands for another address or strength now:",
    "studio.lora.before": "Before: {preset}",
    "studio.lora.removed": "{name} is no longer offered. Videos that were made with it stay.",
    "studio.lora.unknown": "There is no LoRA called {name}, so nothing changed.",
    # Pauses.
    "studio.pause.title": "New videos",
    "studio.pause.on": "paused",
    "studio.pause.off": "on",
    "studio.pause.by": "{actor} paused them {at:ago}.",
    "studio.pause.running": "What is being made is finished and posted. Members are told that it is paused.",
    "studio.pause.reason": "Members read why: {reason}",
    "studio.pause.kept": (
        "A pause keeps the reason that it began with. `/studio resume` and another `/studio pause` change"
        " it."
    ),
    "studio.pause.waiting": Plural(
        by="count",
        one="One video in line keeps its money and its place.",
        other="{count} videos in line keep their money and their place.",
    ),
    "studio.resume.waiting": Plural(
        by="count",
        one="One video in line starts as soon as it is its turn.",
        other="{count} videos in line start as soon as it is their turn.",
    ),
    "studio.resume.stopped": (
        "Nothing new is made all the same: the bot's account with the video provider needs attention,"
        " and only the operator can mend that. `/studio status` says what it is."
    ),
    # Who and when.
    "studio.admin-role.title": "Who decides for this server",
    "studio.admin-role.added": "Members of {role} may use `/budget` and `/studio` now.",
    "studio.admin-role.added.already": "Members of {role} could decide already, so nothing changed.",
    "studio.admin-role.removed": "Members of {role} can no longer decide.",
    "studio.admin-role.removed.already": "Members of {role} could not decide, so nothing changed.",
    "studio.admin-role.all": "Members with *Manage Server*, and members of:",
    "studio.admin-role.hidden": (
        "Discord hides the commands from them until you allow them under *Server Settings*,"
        " *Integrations*."
    ),
    "studio.admin-role.none": "Members with *Manage Server*, and nobody else.",
    "studio.admin-role.everyone": "That would be everybody. Choose a role. Nothing was changed.",
    "studio.time-zone.title": "When a day begins",
    "studio.time-zone.now": "It is {at} there now. Days, weeks and months begin at midnight of that zone.",
    "studio.time-zone.renews": "The server's pool renews {at:ago}. What was spent stays spent.",
    # Refusals.
    "studio.fault.title": "Nothing was changed",
    "studio.fault.out_of_range": "That is out of range: from {lowest} to {highest}.",
    "studio.fault.amount.out_of_range": (
        "That amount is out of range: from {lowest:money} to {highest:money}."
    ),
    "studio.fault.dearest.out_of_range": (
        "The dearest video is out of range: from {lowest:money} to {highest:money}."
    ),
    "studio.fault.confirm_above.out_of_range": (
        "That price is out of range: from {lowest:money} to {highest:money}."
    ),
    "studio.fault.unknown_zone": (
        "No time zone is called that. Begin to type a large city near you, such as `Berlin`, and pick"
        " one."
    ),
    "studio.fault.form": "That cannot be used like this. Write it on one line, in plain letters.",
    "studio.fault.blank": "There is nothing to read in it. Write at least one letter or number.",
    "studio.fault.several": (
        "That may be one or several. Block them one by one; words without a comma between them are"
        " refused where they stand in a row."
    ),
    "studio.fault.too_long": "That is too long: at most {longest} characters.",
    "studio.fault.address_form": (
        "That is no address. Write it as in a browser, beginning with `https://`, and without a name"
        " and password in it."
    ),
    "studio.fault.too_many": "There is room for {most}. Remove one first with `/studio lora-remove`.",
    "studio.fault.word.too_many": "There is room for {most} words. Remove one first with `/studio unblock`.",
    # Status.
    "studio.rehearsal.title": "REHEARSAL",
    "studio.rehearsal": (
        "Videos are test pictures of the bot's own, and nothing is spent; budgets count as if it were. The"
        " operator ends it by taking out `CLAPPER_PROVIDER=rehearsal`."
    ),
    "studio.status.title": "How the studio is",
    "studio.status.title.wrong": "The studio needs looking after",
    "studio.status.well": "All is well.",
    "studio.status.wrong": Plural(
        by="count", one="**One thing needs somebody:**", other="**{count} things need somebody:**"
    ),
    "studio.status.jobs": "**Videos:** {running} being made, {waiting} in line.",
    "studio.status.unknown": Plural(
        by="count",
        one="Of one of them it is not known yet whether the provider makes it.",
        other="Of {count} of them it is not known yet whether the provider makes them.",
    ),
    "studio.status.provider": "**Provider:** {balance:money} on the account, read {at:ago}.",
    "studio.status.play-money": "**Provider:** rehearsed, {balance:money} of play money, read {at:ago}.",
    "studio.status.provider.unread": "**Provider:** the account was not read yet.",
    "studio.status.pool": (
        "**This server:** {free:money} of {limit:money} left. It renews {at:ago}."
    ),
    "studio.status.pool.held": (
        "**This server:** {free:money} of {limit:money} left, {held:money} of the rest is held for videos"
        " on their way. It renews {at:ago}."
    ),
    "studio.status.caps": "**Operator's caps**, for all servers together: {left:list}.",
    "studio.status.cap.day": "{free:money} of {limit:money} left today",
    "studio.status.cap.month": "{free:money} of {limit:money} left this month",
    "studio.status.places": "**Channels:** videos: {videos} · questions and warnings: {admins}",
    "studio.status.places.anywhere": (
        "**Channels:** videos: where they are ordered · questions and warnings: {admins}"
    ),
    "studio.status.beside": (
        "Looked at as well: the bot's rights in these channels, its commands at Discord, its disk"
        " ({free:bytes} free). Time zone: {zone}, where it is {clock}."
    ),
    "studio.status.beside.no-disk": (
        "Looked at as well: the bot's rights in these channels, its commands at Discord. Time zone:"
        " {zone}, where it is {clock}."
    ),
    "studio.status.prices": "The operator has confirmed all prices, or the provider has published them.",
    "studio.status.prices.assumed": (
        "Prices of {models:list} are assumed: the provider has published none. The operator can set the"
        " true ones with `CLAPPER_PRICES`."
    ),
    "studio.status.no-address": (
        "The bot has no public address, so it asks the provider again and again instead of being called,"
        " and cannot link a video that is too large for Discord. The operator can set"
        " `CLAPPER_PUBLIC_URL`."
    ),
    # Problems: each has a title, what it means, and what to do.
    "studio.problem.server.title": "This server may not spend yet",
    "studio.problem.server": "The operator of this bot has not let it, so nobody can make a video here.",
    "studio.problem.server.do": "Give the operator this number: `{server}`.",
    "studio.problem.watch.title": "The bot's own work stands still",
    "studio.problem.watch": "What waits is not started, and what is finished is not posted.",
    "studio.problem.watch.do": (
        "If it is not over in a minute, tell the operator: the log says why, and a restart loses nothing."
    ),
    "studio.problem.silence.title": "The provider does not answer",
    "studio.problem.silence": (
        "It stopped {at:ago}. Videos on their way are looked after as soon as it answers again."
    ),
    "studio.problem.silence.do": "Nothing, if it is a short while: the bot keeps asking. Else tell the operator.",
    "studio.problem.commands.title": "Discord does not have the commands as they are now",
    "studio.problem.commands": "Some may be missing, or be answered with a word that they are old.",
    "studio.problem.commands.do": "Tell the operator: the log says why, and a restart tries again.",
    "studio.problem.no-channel.title": "No channel is set for videos",
    "studio.problem.no-channel": "They appear wherever they are ordered.",
    "studio.problem.no-channel.do": "Use `/studio channel` in the right one.",
    "studio.problem.no-admin-channel.title": "No channel is set for admins",
    "studio.problem.no-admin-channel": "Nobody is warned of anything, and members cannot ask for more money.",
    "studio.problem.no-admin-channel.do": "Use `/studio admin-channel` in one that admins alone can read.",
    "studio.problem.channel-unsure.title": "It is not known whether the bot can post videos",
    "studio.problem.channel-unsure": "Discord does not say at this moment what it may do in {channel}.",
    "studio.problem.channel-unsure.do": "Look again in a minute.",
    "studio.problem.admin-channel-unsure.title": "It is not known whether the bot reaches the admins",
    "studio.problem.admin-channel-unsure": (
        "Discord does not say at this moment what it may do in {channel}."
    ),
    "studio.problem.admin-channel-unsure.do": "Look again in a minute.",
    "studio.problem.channel-gone.title": "The channel for videos is gone",
    "studio.problem.channel-gone": "It was deleted, so orders are refused or sent to their makers directly.",
    "studio.problem.channel-gone.do": "Choose another with `/studio channel`.",
    "studio.problem.admin-channel-gone.title": "The channel for admins is gone",
    "studio.problem.admin-channel-gone": "It was deleted, so nobody is warned of anything.",
    "studio.problem.admin-channel-gone.do": "Choose another with `/studio admin-channel`.",
    "studio.problem.channel-closed.title": "The bot cannot post videos",
    "studio.problem.channel-closed": "In {channel} it lacks: {permissions:list}.",
    "studio.problem.channel-closed.do": (
        "Give it these in that channel's settings under *Permissions*, or choose another with `/studio"
        " channel`."
    ),
    "studio.problem.admin-channel-closed.title": "The bot cannot reach the admins",
    "studio.problem.admin-channel-closed": "In {channel} it lacks: {permissions:list}.",
    "studio.problem.admin-channel-closed.do": (
        "Give it these in that channel's settings under *Permissions*, or choose another with `/studio"
        " admin-channel`."
    ),
    "studio.problem.paused.title": "New videos are paused",
    "studio.problem.paused": "What runs is finished; what waits keeps its money and its place.",
    "studio.problem.paused.do": "Nothing, if that is wanted; `/studio resume` goes on.",
    "studio.problem.cap-day.title": "The operator's money for today is used up",
    "studio.problem.cap-day": (
        "All servers together have used the {limit:money} that the operator allows in a day. It renews"
        " {at:ago}."
    ),
    "studio.problem.cap-day.do": "Wait, or ask the operator for more.",
    "studio.problem.cap-month.title": "The operator's money for this month is used up",
    "studio.problem.cap-month": (
        "All servers together have used the {limit:money} that the operator allows in a month. It renews"
        " {at:ago}."
    ),
    "studio.problem.cap-month.do": "Wait, or ask the operator for more.",
    "studio.problem.disk.title": "The bot's disk is filling up",
    "studio.problem.disk": "There is room for {free:bytes}, which is some days of videos at most.",
    "studio.problem.disk.do": "Tell the operator to make room.",
    "studio.problem.disk-full.title": "The bot's disk is full",
    "studio.problem.disk-full": "There is room for {free:bytes}. New orders may be refused, and videos wait.",
    "studio.problem.disk-full.do": "Tell the operator to make room. Nothing that was paid is lost.",
    "studio.problem.disk-closed.title": "The bot cannot write to its disk",
    "studio.problem.disk-closed": "No order can be taken, and no video kept.",
    "studio.problem.disk-closed.do": "Tell the operator to look at the rights of the data folder, and at the disk.",
    "studio.problem.books-silent.title": "The bot's books do not answer",
    "studio.problem.books-silent": (
        "They lie on the bot's disk, and without them no order is taken and no video posted."
    ),
    "studio.problem.books-silent.do": (
        "Look again in a minute. If it lasts, tell the operator to look at the disk: nothing is lost."
    ),
    "studio.problem.disk-silent.title": "The bot's disk does not answer",
    "studio.problem.disk-silent": "Orders and videos may wait for it.",
    "studio.problem.disk-silent.do": "Tell the operator to look at the disk.",
}
