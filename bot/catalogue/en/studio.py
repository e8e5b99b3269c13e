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
    # Pages.
    "studio.page.before": "Back",
    "studio.page.after": "More",
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
    "studio.channel.closed": (
        "The bot cannot work in {channel} yet. It lacks: {permissions:list}. Give it these in the"
        " channel's settings under *Permissions*, and try again. Nothing was changed."
    ),
    "studio.admin-channel.title": "Where admins are asked and warned",
    "studio.admin-channel.use": "Everybody who can read there sees what members ask for and what they spend.",
    "studio.anywhere.title": "Where a video may appear",
    "studio.anywhere.yes": "Videos appear where they were ordered.",
    "studio.anywhere.no": "Videos appear in the generation channel only.",
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
    "studio.block.list": "Who and what is blocked",
    "studio.block.none": "Nobody and nothing. Name a member or a word to block one.",
    "studio.unblock.title": "No longer blocked",
    "studio.unblock.member": "{whom} can order videos again.",
    "studio.unblock.member.already": "{whom} was not blocked, so nothing changed.",
    "studio.unblock.word": "Prompts may have {whom} again.",
    "studio.unblock.word.already": "{whom} was not blocked, so nothing changed.",
    # LoRAs.
    "studio.lora.title": "LoRAs of this server",
    "studio.lora.list": "LoRAs of this server: {count} of 200",
    "studio.lora.none": "There are none yet. `/studio lora-add` with a name and an address adds one.",
    "studio.lora.line": "**{name}** at {scale} · {address}",
    "studio.lora.both": "A LoRA needs a name and an address. Name both. Nothing was changed.",
    "studio.lora.added": "{name} is offered by the option `lora` now:",
    "studio.lora.replaced": "{name} stands for another address or strength now:",
    "studio.lora.before": "Before: {preset}",
    "studio.lora.removed": "{name} is no longer offered. Videos that were made with it stay.",
    "studio.lora.unknown": "There is no LoRA called {name}, so nothing changed.",
    # Pauses.
    "studio.pause.title": "New videos",
    "studio.pause.on": "paused",
    "studio.pause.off": "made",
    "studio.pause.running": "What is being made is finished and posted. Members are told that it is paused.",
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
    # Who and when.
    "studio.admin-role.title": "Who decides for this server",
    "studio.admin-role.added": "Members of {role} may use `/budget` and `/studio` now.",
    "studio.admin-role.added.already": "Members of {role} could decide already, so nothing changed.",
    "studio.admin-role.removed": "Members of {role} can no longer decide.",
    "studio.admin-role.removed.already": "Members of {role} could not decide, so nothing changed.",
    "studio.admin-role.all": (
        "Besides members with *Manage Server*: {roles:list}. Discord hides the commands from them"
        " until you allow them under *Server Settings*, *Integrations*."
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
    "studio.fault.too_long": "That is too long: at most {longest} characters.",
    "studio.fault.address_form": (
        "That is no address. Write it as in a browser, beginning with `https://`, and without a name"
        " and password in it."
    ),
    "studio.fault.too_many": "There is room for {most}. Remove one first with `/studio lora-remove`.",
    # Status.
    "studio.status.title": "How the studio is",
    "studio.status.well": "All is well.",
    "studio.status.wrong": "This needs somebody:",
    "studio.status.jobs": "**{running}** being made, **{waiting}** in line here.",
    "studio.status.provider": "The provider answers. Its account has **{balance:money}** left.",
    "studio.status.provider.unread": "The provider's account could not be read yet.",
    "studio.status.pool": (
        "This server has **{free:money}** of {limit:money} left, and {held:money} is held. It renews"
        " {at:ago}."
    ),
    "studio.status.cap.day": "The operator's cap leaves {free:money} of {limit:money} today.",
    "studio.status.cap.month": "The operator's cap leaves {free:money} of {limit:money} this month.",
    "studio.status.places": "Videos: {videos} · questions and warnings: {admins}",
    "studio.status.zone": "Time zone: {zone}.",
    "studio.status.prices": "All prices are known.",
    "studio.status.prices.assumed": (
        "Prices of {models:list} are assumed: the provider has published none. The operator can set"
        " the true ones with `CLAPPER_PRICES`."
    ),
    "studio.problem.server": (
        "The operator has not let this server spend. Give them this number: `{server}`."
    ),
    "studio.problem.stop.empty": (
        "The provider's account is empty, so nothing is submitted. Nobody was charged. The operator has"
        " to put money on it; work goes on by itself."
    ),
    "studio.problem.stop.low": (
        "The provider's account has less than the operator's floor, so nothing is submitted. The"
        " operator has to put money on it; work goes on by itself."
    ),
    "studio.problem.stop.key": (
        "The provider does not take the operator's key, so nothing is submitted. The operator has to"
        " set the right one."
    ),
    "studio.problem.stop.unknown": (
        "Too many answers of the provider were lost, so nothing is submitted until it is known what"
        " became of them. It goes on by itself."
    ),
    "studio.problem.paused": "New videos are paused. `/studio resume` goes on.",
    "studio.problem.no-channel": "No channel is set for videos. Use `/studio channel` in the right one.",
    "studio.problem.no-admin-channel": (
        "No channel is set for admins, so nobody is warned or asked. Use `/studio admin-channel`."
    ),
    "studio.problem.permissions": (
        "In {channel} the bot lacks: {permissions:list}. Give it these in the channel's settings."
    ),
    "studio.problem.commands": (
        "Discord has not taken the commands as they are now. The operator's log says why; a restart"
        " tries again."
    ),
    "studio.problem.disk": "The bot's disk has {free:bytes} left. The operator has to make room.",
    "studio.problem.unknown": Plural(
        by="count",
        one="The answer to one order was lost. It is found out or given up within the hour.",
        other="The answers to {count} orders were lost. They are found out or given up within the hour.",
    ),
    "studio.problem.pool": (
        "The server's money is used up until it renews {at:ago}. `/budget server` can raise it."
    ),
}
