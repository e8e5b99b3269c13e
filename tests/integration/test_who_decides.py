"""Every command, button, form and completion for admins, tried by every kind of person.

What is tried is read from the command tree and from the handlers that listen, so a new one is tried
without a line here; only what it is meant to do has to be added.

Rule: a refusal is read by one person, says the right thing, and leaves the books as they were.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from discord import app_commands

from bot.domain.ids import RoleId, UserId
from bot.domain.money import dollars
from bot.domain.policy import LoraPreset
from bot.playground.local_discord import Guild, Invocation, Message, Person
from bot.playground.local_discord.asking import ask
from bot.playground.local_discord.interactions import Asked
from bot.service.guard import Stop
from tests.faced import until
from tests.members import ADMIN, Studio, studio

GROUPS = ("studio", "budget")
REFUSED = "This is for the admins of this server"
NOT_ALLOWED = "has not let this server spend"
ADDRESS = "https://example.com/snow.safetensors"

# What each command does when it may: its options, and the act that the audit then names. None: it
# only shows something.
USES: dict[str, tuple[dict[str, Any], str | None]] = {
    "studio channel": ({"channel": "general"}, "channel"),
    "studio admin-channel": ({"channel": "admins_only"}, "admin-channel"),
    "studio anywhere": ({"allowed": True}, "anywhere"),
    "studio limits": ({"at_once": 1}, "limits"),
    "studio block": ({"member": "ben", "word": "grue"}, "word-block"),
    "studio unblock": ({"member": "ben", "word": "grue"}, "word-unblock"),
    "studio lora-add": ({"name": "snow", "address": ADDRESS}, "lora-add"),
    "studio lora-remove": ({"name": "snow"}, "lora-remove"),
    "studio pause": ({}, "pause"),
    "studio resume": ({}, "resume"),
    "studio admin-role": ({"role": "admins"}, "admin-role-add"),
    "studio time-zone": ({"zone": "Europe/Berlin"}, "time-zone"),
    "studio status": ({}, None),
    "budget allowance": ({"amount": "2", "period": "week"}, "allowance"),
    "budget role": ({"role": "patrons", "amount": "5"}, "role-allowance"),
    "budget member": ({"member": "ben", "amount": "3"}, "member-allowance"),
    "budget server": ({"amount": "30", "period": "month"}, "pool"),
    "budget grant": ({"member": "ben", "amount": "2"}, "grant"),
    "budget take": ({"member": "ben", "amount": "1"}, "take"),
    "budget refund": ({"job": 1}, "refund"),
    "budget show": ({"member": "ben"}, None),
    "budget report": ({}, None),
    "budget audit": ({}, None),
}


def tree(here: Studio) -> Iterator[app_commands.Command[Any, ..., Any]]:
    """Every command of both groups, as the bot has it."""
    for name in GROUPS:
        group = here.client.tree.get_command(name)
        assert isinstance(group, app_commands.Group)
        for command in group.walk_commands():
            assert isinstance(command, app_commands.Command)
            yield command


def meant(here: Studio, command: str, **instead: Any) -> dict[str, Any]:
    """Options with the people and places of the cast for their names."""
    options = USES[command][0]
    named = {"member", "role", "channel"}
    return {
        name: instead.get(name, getattr(here.cast, value)) if name in named else value
        for name, value in options.items()
    }


async def run(who: Person, here: Studio, command: str, *, channel: Any = None, **more: Any) -> str:
    """What somebody reads, alone."""
    asked = await who.slash(
        command, meant(here, command, **more), channel=channel or here.cast.general
    )
    message = await asked.message(lambda one: one.ephemeral)
    await until(lambda: not here.client.busy.count)
    return message.text


OWED = frozenset({"notices", "deliveries", "leftovers", "marks", "clock"})
"""Tables that the bot writes by itself, at any moment."""


async def decisions(here: Studio) -> dict[str, list[Any]]:
    """Every other row of the books."""
    return await here.bot.database.read(
        lambda con: {
            name: con.execute(f"SELECT * FROM {name}").fetchall()
            for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name not in OWED
        }
    )


async def latest(here: Studio) -> tuple[str, int]:
    """What was done last, and by whom."""
    [line] = await here.services.policies.list_audit(here.guild, limit=1)
    return line.act, line.actor


@dataclass(frozen=True)
class People:
    """Everybody who might type it."""

    ann: Person
    """A member, whom Discord was told to show the commands."""
    ada: Person
    """Manage Server, by her role."""
    pat: Person
    """A role that was named as one that decides."""
    olga: Person
    """She owns the server."""
    boss: Person
    """An admin of another server, and a member here."""
    host: Person
    """Whoever owns the bot's application, and is a plain member here."""


async def cast(here: Studio) -> People:
    """Lets all of them type it; who may is the bot's business."""
    world, places = here.server.world, here.cast
    boss, host = world.add_user("boss"), world.add_user("host")
    world.owner = host
    managers = world.add_role(places.elsewhere, "managers", permissions=places.admins.permissions)
    world.add_member(places.elsewhere, boss, roles=[managers])
    for user in (boss, host):
        world.add_member(places.studio, user)
    for guild in (places.studio, places.elsewhere):
        guild.command_grants |= {
            (group, who.id) for group in GROUPS for who in (places.ann, places.pat, boss, host)
        }
    await here.services.policies.add_admin_role(
        here.guild, RoleId(places.patrons.id), actor=ADMIN, now=here.services.clock.now()
    )
    person = here.server.person
    return People(
        here.ann, here.ada, person(places.pat), person(places.olga), person(boss), person(host)
    )


async def prepared(here: Studio) -> None:
    """Something to take, to give back, to unblock, to remove and to resume."""
    policies, money, now = here.services.policies, here.services.money, here.services.clock.now()
    ben = UserId(here.cast.ben.id)
    facts = {"actor": ADMIN, "now": now}
    await money.grant(here.guild, ben, dollars("5"), **facts)
    await policies.put_preset(here.guild, LoraPreset("rain", ADDRESS, 1.0), **facts)
    await policies.block_word(here.guild, "orc", **facts)


# Commands


async def test_what_each_command_is_meant_to_do_stands_here(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        assert {it.qualified_name for it in tree(here)} == set(USES)
        listening = {*here.client._presses, *here.client._forms}
        assert listening == MEMBERS_OWN | set(ADMINS_OWN) | set(PAGES_OWN)


async def test_whoever_may_not_decide_is_refused_and_changes_nothing(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        people = await cast(here)
        await prepared(here)
        before = await decisions(here)
        for command in tree(here):
            for who in (people.ann, people.boss, people.host):
                said = await run(who, here, command.qualified_name)
                assert REFUSED in said, (command.qualified_name, who.user.name)
                assert await decisions(here) == before, (command.qualified_name, who.user.name)
        assert here.public() == []
        assert here.public(here.cast.general) == []


@pytest.mark.parametrize("name", ["ada", "pat", "olga"])
async def test_whoever_may_decide_does_and_the_audit_names_them(tmp_path, name: str) -> None:
    async with studio(tmp_path) as here:
        who: Person = getattr(await cast(here), name)
        await prepared(here)
        await here.ann.slash("ltx text", {"prompt": "a fox", "duration": 5}, channel=here.videos)
        await here.video(1)
        for command, (_, act) in USES.items():
            before = await decisions(here)
            said = await run(who, here, command)
            assert REFUSED not in said, command
            if act is None:
                assert await decisions(here) == before, command
            else:
                assert await latest(here) == (act, who.user.id), (command, said)
        if name == "pat":  # until the role is named no more
            named = RoleId(here.cast.patrons.id)
            facts = {"actor": ADMIN, "now": here.services.clock.now()}
            await here.services.policies.remove_admin_role(here.guild, named, **facts)
            before = await decisions(here)
            for command in USES:
                assert REFUSED in await run(who, here, command), command
            assert await decisions(here) == before


async def test_a_server_that_is_not_allowed_reads_its_number_and_decides_nothing(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        people = await cast(here)
        before = await decisions(here)
        for command in tree(here):
            for who in (people.olga, people.boss):
                said = await run(who, here, command.qualified_name, **of_elsewhere(here))
                status = command.name == "status"
                expected = "The studio needs looking after" if status else NOT_ALLOWED
                assert expected in said, command.qualified_name
                assert f"`{here.cast.elsewhere.id}`" in said, command.qualified_name
                assert "$" not in said
            said = await run(people.ann, here, command.qualified_name, **of_elsewhere(here))
            assert REFUSED in said, "it is not theirs to know"
        assert await decisions(here) == before


def of_elsewhere(here: Studio) -> dict[str, Any]:
    """The other server's people and places."""
    elsewhere = here.cast.elsewhere
    role = next(it for it in elsewhere.roles.values() if it.name == "managers")
    return {"channel": here.cast.lobby, "role": role, "member": here.cast.ann}


async def test_an_admin_decides_for_their_own_server_alone(tmp_path) -> None:
    async with studio(tmp_path, watching=False, CLAPPER_ALLOWED_SERVERS="*") as here:
        boss = (await cast(here)).boss
        await prepared(here)
        mine = await of_server(here, here.cast.studio)
        for command in USES:
            assert REFUSED not in await run(boss, here, command, **of_elsewhere(here)), command
            assert await of_server(here, here.cast.studio) == mine, command


async def of_server(here: Studio, guild: Guild) -> tuple[object, ...]:
    """What admins can change in one server."""
    policies, key = here.services.policies, here.guild.__class__(guild.id)
    return (
        await policies.read(key),
        await policies.list_role_allowances(key),
        await policies.list_admin_roles(key),
        await policies.list_blocked_members(key),
        await policies.list_blocked_words(key),
        await policies.list_presets(key),
        await policies.list_audit(key, limit=100),
        await here.services.money.pool(key, now=here.services.clock.now()),
    )


async def test_there_is_nobody_to_decide_for_in_direct_messages(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        people, before = await cast(here), await decisions(here)
        for who in (people.ada, people.olga):
            direct = here.server.world.direct_channel(who.user)
            assert {it["name"] for it in who.commands(direct)}.isdisjoint(GROUPS)
            for command in tree(here):
                # No client offers it there: this is what a forged or a stale one would send.
                group, path = command.qualified_name.split()
                data = next(it for it in who.commands(here.cast.general) if it["name"] == group)
                below = [{"name": path, "type": 1, "options": []}]
                sent = {"id": data["id"], "name": group, "type": 1, "options": below}
                asked = ask(
                    here.server.world, Asked.COMMAND, user=who.user, channel=direct, data=sent
                )
                message = await Invocation(here.server.world, asked).message()
                assert message.ephemeral, command.qualified_name
                assert "in a server" in message.text, (command.qualified_name, message.text)
        assert await decisions(here) == before


async def test_completions_are_for_admins_alone_and_tell_nobody_else_anything(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        people = await cast(here)
        await prepared(here)
        asked = await here.ann.slash(
            "ltx text", {"prompt": "a fox", "duration": 5}, channel=here.videos
        )
        await asked.message(lambda one: "#1" in one.text)
        offered = dict[str, int]()
        for command in tree(here):
            for option in command.parameters:
                if not option.autocomplete:
                    continue
                name, key = command.qualified_name, option.display_name
                for who in (people.ann, people.boss, people.host):
                    found = await who.autocomplete(name, key, channel=here.cast.general)
                    assert found == [], (name, key, who.user.name)
                found = await people.pat.autocomplete(name, key, channel=here.cast.general)
                offered[f"{name} {key}"] = len(found)
        assert offered["studio unblock word"] == 1
        assert offered["studio lora-remove name"] == 1
        assert offered["studio time-zone zone"] == 25


# Buttons and forms, after the right was lost

MEMBERS_OWN = frozenset(
    {
        *("again", "edit", "picture", "animate", "agree", "decline", "offer", "ask"),
        *("balance", "cancel", "delete", "details", "jobs", "show"),
    }
)
"""What any member may press. That it is their own, where it has to be, is tested where it lives."""
ADMINS_OWN: dict[str, str] = {
    "blocked": "More",
    "presets": "More",
    "admin-roles": "More",
    "member-jobs": "Older",
    "audit": "Older",
    "refund": "Refund",
    "ask-approve": "Approve once",
    "ask-deny": "Deny",
    "noted": "Noted",
}
"""What only an admin may press, and what is written on it."""
PAGES_OWN: dict[str, str] = {
    "status": "0",
    "amounts": "",
    "amounts-page": "0",
    "grants": "0:{ben}",
    "grants-page": "0:{ben}",
}
"""What else only an admin may press: lists that are long in a large server, with the rest of their
custom ids. Somebody's own grants are theirs to see; these are another's.
"""


@dataclass(frozen=True)
class Cards:
    """All that an admin can have on the screen."""

    cards: dict[str, Message]
    """With the buttons of `ADMINS_OWN`."""
    forms: dict[str, Invocation]


async def on_screen(here: Studio, who: Person) -> Cards:
    """Opened by somebody who may."""
    await much_of_everything(here)

    async def opened(command: str, **options: Any) -> Message:
        asked = await who.slash(command, options, channel=here.cast.general)
        return await asked.message(lambda one: not one.thinking)

    video = await here.video(1)
    await until(lambda: not here.client.busy.count)
    details = await (await who.press(video, "Details")).message(lambda one: "Refund" in one.labels)
    ask = await posted(here, who, "Deny")
    cards = {
        "blocked": await opened("studio block"),
        "presets": await opened("studio lora-add"),
        "admin-roles": await opened("studio admin-role"),
        "member-jobs": await opened("budget show", member=here.cast.ann),
        "audit": await opened("budget audit"),
        "refund": details,
        "ask-approve": ask,
        "ask-deny": ask,
        "noted": await posted(here, who, "Noted"),
    }
    forms = {"refund": await who.press(details, "Refund"), "ask-deny": await who.press(ask, "Deny")}
    for form in forms.values():
        await form.form()
    return Cards(cards, forms)


async def posted(here: Studio, who: Person, label: str) -> Message:
    """What the bot posted for the admins."""
    return await who.wait_for_message(
        lambda one: label in one.labels, channel=here.cast.general, timeout=30
    )


async def much_of_everything(here: Studio) -> None:
    """More than one page of each list, a video to refund, a question and an alert."""
    policies, now = here.services.policies, here.services.clock.now()
    facts: dict[str, Any] = {"actor": ADMIN, "now": now}
    for number in range(25):
        await policies.block_word(here.guild, f"orc{number}", **facts)
        await policies.put_preset(here.guild, LoraPreset(f"rain{number}", ADDRESS, 1.0), **facts)
        await policies.add_admin_role(here.guild, RoleId(1000 + number), **facts)
    await here.decide(
        admin_channel=here.cast.general.id, allowance=dollars("0.50"), at_once=6, queued=6
    )
    for number in range(1, 7):
        wish = {"prompt": f"a fox {number}", "duration": 5}
        asked = await here.ann.slash("ltx text", wish, channel=here.videos)
        await asked.message(lambda one, number=number: f"#{number}" in one.text)
    for number in range(1, 7):
        await here.video(number)
    asked = await here.ann.slash("ltx text", {"prompt": "a fox"}, channel=here.videos)
    await here.ann.press(await asked.message(), "Ask an admin")
    await here.decide(pool=dollars("0.50"))  # what is used is more than 80 % of it


async def forged(here: Studio, who: Person, card: Message, label: str) -> Invocation:
    """A press that no client would send: on a card that somebody else sees alone."""
    [found] = [one for one in card.buttons if one.get("label") == label]
    return await arrived(here, who, card, {"custom_id": found["custom_id"], "id": found["id"]})


async def listed(here: Studio, who: Person, card: Message, name: str) -> Message:
    """What somebody reads who presses one of `PAGES_OWN`, wherever they have it from."""
    rest = PAGES_OWN[name].format(ben=here.cast.ben.id)
    custom_id = ":".join(part for part in ("clapper", name, rest) if part)
    pressed = await arrived(here, who, card, {"custom_id": custom_id, "id": 1})
    return await pressed.message(lambda one: not one.thinking)


async def arrived(here: Studio, who: Person, card: Message, pressed: dict[str, Any]) -> Invocation:
    """A press as it reaches Discord."""
    data = {**pressed, "component_type": 2}
    channel = here.server.world.channels[card.channel_id]
    return Invocation(
        here.server.world,
        ask(
            here.server.world,
            Asked.COMPONENT,
            user=who.user,
            channel=channel,
            data=data,
            message=card,
        ),
    )


@contextmanager
def unchanged(cards: Cards) -> Iterator[None]:
    """No card is edited, nor taken away."""

    def shown() -> dict[str, tuple[int, bool, str]]:
        return {name: (it.edits, it.deleted, it.text) for name, it in cards.cards.items()}

    before = shown()
    yield
    assert shown() == before


async def test_who_may_decide_no_more_presses_in_vain(tmp_path) -> None:
    async with studio(tmp_path) as here:
        people, world = await cast(here), here.server.world
        named = RoleId(here.cast.patrons.id)
        cards = await on_screen(here, people.pat)
        # Everything on the screen works as long as it may.
        for name in ("blocked", "presets", "admin-roles", "member-jobs", "audit"):
            label = ADMINS_OWN[name]
            turned = await people.pat.press(cards.cards[name], label)
            await turned.message(lambda one, label=label: label not in one.labels or one.edits)
        cards = await on_screen_again(here, people.pat, cards)
        for name in PAGES_OWN:
            assert REFUSED not in (await listed(here, people.pat, cards.cards["audit"], name)).text
        cards = await on_screen_again(here, people.pat, cards)
        await until(lambda: not here.client.busy.count)

        async def in_vain(who: Person, press: Any, *, forms: bool) -> None:
            before = await decisions(here)
            with unchanged(cards):
                for name, label in ADMINS_OWN.items():
                    pressed = await press(cards.cards[name], label)
                    said = await pressed.message(lambda one: REFUSED in one.text)
                    assert said.ephemeral, name
                    assert said.only_for == who.user.id, name
                for name in PAGES_OWN:
                    said = await listed(here, who, cards.cards["audit"], name)
                    assert REFUSED in said.text, name
                    assert said.only_for == who.user.id, name
                for name, form in cards.forms.items() if forms else ():
                    sent = await who.submit(form, {})
                    said = await sent.message(lambda one: REFUSED in one.text)
                    assert said.ephemeral, name
            await until(lambda: not here.client.busy.count)
            assert await decisions(here) == before

        # A member who never might, on the cards of others.
        await in_vain(
            people.ann, lambda card, label: forged(here, people.ann, card, label), forms=False
        )
        # An admin of another server, likewise.
        await in_vain(
            people.boss, lambda card, label: forged(here, people.boss, card, label), forms=False
        )
        # The role decides no more.
        await here.services.policies.remove_admin_role(
            here.guild, named, actor=ADMIN, now=here.services.clock.now()
        )
        await in_vain(people.pat, people.pat.press, forms=True)
        # The role decides again, and is taken from its holder.
        await here.services.policies.add_admin_role(
            here.guild, named, actor=ADMIN, now=here.services.clock.now()
        )
        member = here.cast.studio.members[people.pat.user.id]
        world.set_member(here.cast.studio, member, roles=[])
        await in_vain(people.pat, people.pat.press, forms=False)


async def test_manage_server_that_was_taken_away_presses_in_vain(tmp_path) -> None:
    async with studio(tmp_path) as here:
        people, world = await cast(here), here.server.world
        cards = await on_screen(here, people.ada)
        world.set_role(here.cast.studio, here.cast.admins, permissions=0)
        before = await decisions(here)
        with unchanged(cards):
            for name, label in ADMINS_OWN.items():
                pressed = await people.ada.press(cards.cards[name], label)
                said = await pressed.message(lambda one: REFUSED in one.text)
                assert said.ephemeral, name
            for form in cards.forms.values():
                sent = await people.ada.submit(form, {})
                assert (await sent.message(lambda one: REFUSED in one.text)).ephemeral
        assert await decisions(here) == before


async def on_screen_again(here: Studio, who: Person, cards: Cards) -> Cards:
    """The lists at their first pages, and the audit with what was done since."""
    lists = {
        "blocked": "studio block",
        "presets": "studio lora-add",
        "admin-roles": "studio admin-role",
        "audit": "budget audit",
    }
    fresh = dict(cards.cards)
    for name, command in lists.items():
        asked = await who.slash(command, {}, channel=here.cast.general)
        fresh[name] = await asked.message(lambda one: not one.thinking)
    asked = await who.slash("budget show", {"member": here.cast.ann}, channel=here.cast.general)
    fresh["member-jobs"] = await asked.message(lambda one: not one.thinking)
    return Cards(fresh, cards.forms)


# What only the operator may


async def test_a_resumed_studio_says_what_only_the_operator_can_mend(tmp_path) -> None:
    async with studio(tmp_path, watching=False) as here:
        assert "only the operator" not in await run(here.ada, here, "studio resume")
        here.services.studio.guard.stop = Stop.EMPTY
        assert "only the operator" not in await run(here.ada, here, "studio pause")
        assert "only the operator can mend that" in await run(here.ada, here, "studio resume")
        assert here.services.studio.guard.stop is Stop.EMPTY


async def test_an_admin_cannot_lift_what_the_operator_set(tmp_path) -> None:
    async with studio(tmp_path, watching=False, CLAPPER_DAILY_CAP="0.10") as here:
        await cast(here)
        said = await here.ada.slash(
            "budget server", {"amount": "300", "period": "month"}, channel=here.cast.general
        )
        assert "all servers together spend" in (await said.message()).text
        await here.decide(admin_channel=here.cast.admins_only.id, confirm_above=dollars("5"))
        wish = {"prompt": "a fox", "duration": 10, "resolution": "1080p"}
        refusal = await (await here.ann.slash("ltx text", wish, channel=here.videos)).message()
        assert "for all servers" in refusal.text
        assert "Ask an admin" not in refusal.labels
        before = await decisions(here)
        asked = await here.ada.slash("ltx text", wish, channel=here.videos)
        said = await asked.message()
        assert said.ephemeral, "an admin's own video, likewise"
        assert "for all servers" in said.text
        assert await decisions(here) == before
