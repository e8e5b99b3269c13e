"""A line of the audit in words: who, what, from what to what, when, why.

Rule: everything that stands in the audit can be read, also what nobody thought of; and whatever
people typed is shown as text.
"""

import re
from typing import Final

from bot.cards import Reader, code, escaped, small
from bot.catalogue import CatalogueError
from bot.domain.policy import AuditLine

_RULE: Final = re.compile(
    r"(?:^|, )(allowance_period|allowance|pool_period|pool|confirm_above|dearest|at_once|queued"
    r"|zone_name|currency|channel|admin_channel|anywhere|paused) "
)
_AMOUNT: Final = re.compile(r"(\$\S+) (day|week|month)")
"""An allowance of somebody's own, as it is written down."""
_SWITCHES: Final = {
    ("anywhere", "True"): "studio.anywhere.yes",
    ("anywhere", "False"): "studio.anywhere.no",
    ("paused", "True"): "studio.pause.on",
    ("paused", "False"): "studio.pause.off",
}
_SAYS_ALL: Final = frozenset({"pause", "resume"})
"""Acts whose sentence is the whole change."""
_LONGEST_THING: Final = 60
_LONGEST_VALUE: Final = 160
_LONGEST_REASON: Final = 200


def audit_line(reader: Reader, line: AuditLine) -> str:
    """Who did what; each change; when and why, in small letters."""
    actor = f"<@{line.actor}>" if line.actor else reader.say("audit.clapper")
    said = reader.say("audit.line", actor=actor, act=_act(reader, line))
    reason = escaped(line.reason, _LONGEST_REASON) if line.reason else ""
    key = "audit.when.because" if reason else "audit.when"
    when = small(reader.say(key, at=line.at, reason=reason))
    return "\n".join(part for part in (said, *_changes(reader, line), when) if part)


def _act(reader: Reader, line: AuditLine) -> str:
    subject = line.subject.removeprefix("job ")
    facts = {
        "member": f"<@{subject}>" if subject.isdigit() else code(subject, _LONGEST_THING),
        "role": f"<@&{subject}>" if subject.isdigit() else code(subject, _LONGEST_THING),
        "thing": subject if subject.isdigit() else code(subject, _LONGEST_THING),
    }
    try:
        return reader.say(f"audit.act.{line.act}", **facts)
    except CatalogueError:
        named = code(f"{line.act} {subject}", _LONGEST_THING)
        return reader.say("audit.act.other", thing=named)


def _changes(reader: Reader, line: AuditLine) -> list[str]:
    """From what to what: rule by rule where they are rules, else as one."""
    if line.act in _SAYS_ALL:
        return []
    before, after = _rules(line.before), _rules(line.after)
    if before or after:
        return [
            reader.say(
                "audit.part",
                name=reader.name("audit.rule", name),
                change=reader.say(
                    "audit.change",
                    before=_value(reader, name, before.get(name, "")),
                    after=_value(reader, name, after.get(name, "")),
                ),
            )
            for name in dict.fromkeys((*before, *after))
        ]
    facts = {"before": _thing(reader, line.before), "after": _thing(reader, line.after)}
    if line.before and line.after:
        return [reader.say("audit.change", **facts)]
    if line.after:
        return [reader.say("audit.now", **facts)]
    if line.before and line.act.endswith("-allowance"):
        return [reader.say("audit.was", **facts)]
    return [facts["before"]] if line.before else []


def _thing(reader: Reader, written: str) -> str:
    """An amount with its period, or whatever stands there."""
    amount = _AMOUNT.fullmatch(written)
    if amount is None:
        return escaped(written, _LONGEST_VALUE)
    return reader.say(f"audit.per.{amount[2]}", amount=amount[1])


def _rules(written: str) -> dict[str, str]:
    """`allowance $1.00, allowance_period month`, taken apart; nothing where it is no such text."""
    if not _RULE.match(written):
        return {}
    parts = _RULE.split(written)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _value(reader: Reader, name: str, value: str) -> str:
    if not value or value == "None":
        return reader.say("audit.value.none")
    if name in {"channel", "admin_channel"} and value.isdigit():
        return f"<#{value}>"
    if (name, value) in _SWITCHES:
        return reader.say(_SWITCHES[name, value])
    if name.endswith("_period"):
        return reader.name("audit.value", value)
    return escaped(value, _LONGEST_VALUE)
