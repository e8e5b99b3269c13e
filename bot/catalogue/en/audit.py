"""`/budget show` and `/budget audit`: how a member stands, and who changed what.

Rule: `audit.act.…` has a sentence for everything that is written down; `audit.rule.…` names what a
rule is about.
"""

from collections.abc import Mapping
from typing import Final

from bot.catalogue.texts import Text

TEXTS: Final[Mapping[str, Text]] = {
    "budget.show.title": "What {member} has",
    "budget.show.left": "They have left this server.",
    "budget.show.blocked": "**They may not make videos here.** `/studio unblock` lets them again.",
    "budget.show.origin.own": (
        "They get {gets}, an amount of their own; **{free:money}** of it is left. It renews {at:ago}."
    ),
    "budget.show.origin.role": (
        "They get {gets} for {role}; **{free:money}** of it is left. It renews {at:ago}."
    ),
    "budget.show.origin.everybody": (
        "They get {gets}, like everybody; **{free:money}** of it is left. It renews {at:ago}."
    ),
    "budget.show.jobs": "Latest videos",
    "budget.show.none": "They have not made any here yet.",
    "budget.show.gone": "Nobody can be found for this button. Use `/budget show` again.",
    # Who changed what.
    "audit.title": "Who changed what",
    "audit.title.about": "What {member} changed, and what was changed for them",
    "audit.none": "Nothing was changed here yet.",
    "audit.none.about": "Nothing was changed by them or for them.",
    "audit.line": "**{actor}** {act}",
    "audit.when": "{at:moment}",
    "audit.when.because": "{at:moment} · because: {reason}",
    "audit.clapper": "Clapper",
    "audit.change": "{before} \N{RIGHTWARDS ARROW} **{after}**",
    "audit.now": "**{after}**",
    "audit.was": "{before} \N{RIGHTWARDS ARROW} none of their own",
    "audit.part": "{name}: {change}",
    "audit.act.allowance": "changed what every member gets",
    "audit.act.pool": "changed what the whole server can spend",
    "audit.act.limits": "changed the limits",
    "audit.act.channel": "chose where videos go",
    "audit.act.admin-channel": "chose where admins are told",
    "audit.act.anywhere": "changed whether videos may be posted anywhere",
    "audit.act.time-zone": "changed the time zone",
    "audit.act.pause": "paused new videos",
    "audit.act.resume": "let new videos be made again",
    "audit.act.set": "changed the rules",
    "audit.act.role-allowance": "changed what {role} gets",
    "audit.act.member-allowance": "changed what {member} gets",
    "audit.act.admin-role-add": "let {role} decide here",
    "audit.act.admin-role-remove": "lets {role} decide here no more",
    "audit.act.block": "stopped {member} from making videos",
    "audit.act.unblock": "let {member} make videos again",
    "audit.act.word-block": "forbade {thing} in prompts",
    "audit.act.word-unblock": "allowed {thing} in prompts again",
    "audit.act.lora-add": "put the LoRA {thing} on the list",
    "audit.act.lora-remove": "took the LoRA {thing} off the list",
    "audit.act.grant": "gave {member} money once, on top",
    "audit.act.take": "took back what {member} was granted",
    "audit.act.refund": "gave back what video\N{NO-BREAK SPACE}#{thing} cost",
    "audit.act.ask-approve": "approved what {member} asked for",
    "audit.act.ask-deny": "denied what {member} asked for",
    "audit.act.other": "changed {thing}",
    "audit.rule.allowance": "Each member",
    "audit.rule.allowance_period": "Renewed each",
    "audit.rule.pool": "The server",
    "audit.rule.pool_period": "Renewed each",
    "audit.rule.confirm_above": "Asked before above",
    "audit.rule.dearest": "Dearest video",
    "audit.rule.at_once": "At once, each member",
    "audit.rule.queued": "In line, each member",
    "audit.rule.zone_name": "Time zone",
    "audit.rule.currency": "Currency",
    "audit.rule.channel": "Channel for videos",
    "audit.rule.admin_channel": "Channel for admins",
    "audit.rule.anywhere": "Videos may appear",
    "audit.rule.paused": "New videos",
    "audit.value.day": "day",
    "audit.value.week": "week",
    "audit.value.month": "month",
    "audit.value.none": "none",
    "audit.per.day": "{amount} a day",
    "audit.per.week": "{amount} a week",
    "audit.per.month": "{amount} a month",
}
