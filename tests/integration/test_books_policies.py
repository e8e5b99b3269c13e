"""What admins decide, who decided it, and that each server keeps to itself."""

import math
from dataclasses import fields, replace
from pathlib import Path

import pytest

from bot.adapters.sqlite.policies import Policies
from bot.domain.errors import PolicyRefusedError
from bot.domain.ids import ChannelId, GuildId, RoleId, UserId
from bot.domain.money import LARGEST_AMOUNT, Micros
from bot.domain.period import PeriodKind
from bot.domain.policy import MOST_PRESETS, LoraPreset, Policy
from tests.books import ADMIN, GUILD, NOON, opened

OTHER = GuildId(12)
BY = {"actor": ADMIN, "now": NOON}
DECIDED = Policy(
    allowance=Micros(5),
    allowance_period=PeriodKind.WEEK,
    pool=Micros(6),
    pool_period=PeriodKind.DAY,
    confirm_above=Micros(0),
    dearest=Micros(7),
    at_once=3,
    queued=0,
    zone_name="Europe/Madrid",
    currency="EUR",
    channel=ChannelId(1),
    admin_channel=ChannelId(2),
    anywhere=True,
    paused=True,
)


async def test_a_server_that_decided_nothing_has_the_documented_defaults(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db") as books:
        policy = await Policies(books).read(GUILD)
    assert policy == Policy()
    money = (policy.allowance, policy.pool, policy.confirm_above, policy.dearest)
    assert money == (1_000_000, 25_000_000, 500_000, 5_000_000)
    assert (policy.at_once, policy.queued) == (2, 5)
    assert policy.allowance_period == policy.pool_period == PeriodKind.MONTH


async def test_every_rule_that_is_decided_is_kept_for_that_server_alone(tmp_path: Path) -> None:
    assert all(getattr(DECIDED, it.name) != getattr(Policy(), it.name) for it in fields(Policy))
    async with opened(tmp_path / "books.db") as books:
        policies = Policies(books)
        assert await policies.change(GUILD, lambda _: DECIDED, act="all", **BY) == DECIDED
    async with opened(tmp_path / "books.db") as books:
        assert await Policies(books).read(GUILD) == DECIDED
        assert await Policies(books).read(OTHER) == Policy()


async def test_a_change_names_who_when_what_and_why_and_a_repetition_says_nothing(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "books.db") as books:
        policies = Policies(books)
        for _ in range(2):
            await policies.change(
                GUILD,
                lambda was: replace(was, allowance=Micros(250_000), paused=True),
                act="allowance",
                reason="the holidays",
                **BY,
            )
        (line,) = await policies.list_audit(GUILD)
        assert await policies.list_audit(OTHER) == []
    assert (line.at, line.actor, line.act, line.reason) == (
        NOON,
        ADMIN,
        "allowance",
        "the holidays",
    )
    assert line.before == "allowance $1.00, paused False"
    assert line.after == "allowance $0.25, paused True"


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("allowance", -1, "out_of_range"),
        ("pool", LARGEST_AMOUNT + 1, "out_of_range"),
        ("confirm_above", -1, "out_of_range"),
        ("dearest", LARGEST_AMOUNT + 1, "out_of_range"),
        ("at_once", 0, "out_of_range"),
        ("queued", 101, "out_of_range"),
        ("currency", "dollars", "form"),
        ("zone_name", "Moon/Base", "unknown_zone"),
        ("zone_name", "America", "unknown_zone"),
        ("zone_name", "../etc/passwd", "unknown_zone"),
        ("zone_name", "", "unknown_zone"),
    ],
)
async def test_a_rule_that_cannot_be_followed_is_refused_and_changes_nothing(
    tmp_path: Path, field: str, value: object, fault: str
) -> None:
    async with opened(tmp_path / "books.db") as books:
        policies = Policies(books)
        with pytest.raises(PolicyRefusedError, match=f"{field}: {fault}"):
            await policies.change(GUILD, lambda was: replace(was, **{field: value}), act="x", **BY)
        assert await policies.read(GUILD) == Policy()
        assert await policies.list_audit(GUILD) == []


async def test_allowances_of_roles_and_members_are_set_changed_and_cleared(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db") as books:
        policies = Policies(books)
        assert await policies.set_role_allowance(GUILD, RoleId(1), Micros(5), **BY) is None
        assert await policies.set_role_allowance(GUILD, RoleId(2), Micros(9), **BY) is None
        assert await policies.set_role_allowance(GUILD, RoleId(1), Micros(0), **BY) == 5
        assert await policies.list_role_allowances(GUILD) == {2: 9, 1: 0}
        assert await policies.set_role_allowance(GUILD, RoleId(2), None, **BY) == 9
        assert await policies.list_role_allowances(GUILD) == {1: 0}
        assert await policies.list_role_allowances(OTHER) == {}
        assert await policies.set_member_allowance(GUILD, UserId(31), Micros(7), **BY) is None
        assert await policies.list_member_allowances(GUILD) == {UserId(31): 7}
        assert await policies.list_member_allowances(OTHER) == {}
        assert await policies.set_member_allowance(GUILD, UserId(31), None, **BY) == 7
        assert await policies.list_member_allowances(GUILD) == {}
        with pytest.raises(PolicyRefusedError, match="amount: out_of_range"):
            await policies.set_member_allowance(GUILD, UserId(31), Micros(-1), **BY)
        acts = [
            (it.act, it.subject, it.before, it.after) for it in await policies.list_audit(GUILD)
        ]
    assert acts[:2] == [
        ("member-allowance", "31", "$0.00 month", ""),
        ("member-allowance", "31", "", "$0.00 month"),
    ]
    assert len(acts) == 6


async def test_admin_roles_and_blocked_members_come_and_go(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db") as books:
        policies = Policies(books)
        assert await policies.add_admin_role(GUILD, RoleId(1), **BY) is True
        assert await policies.add_admin_role(GUILD, RoleId(1), **BY) is False
        assert await policies.list_admin_roles(GUILD) == {1}
        assert await policies.list_admin_roles(OTHER) == frozenset()
        assert await policies.remove_admin_role(GUILD, RoleId(1), **BY) is True
        assert await policies.remove_admin_role(GUILD, RoleId(1), **BY) is False
        assert await policies.block_member(GUILD, UserId(31), reason="spam", **BY) is True
        assert await policies.block_member(GUILD, UserId(31), **BY) is False
        assert await policies.is_blocked(GUILD, UserId(31))
        assert not await policies.is_blocked(OTHER, UserId(31))
        assert await policies.list_blocked_members(GUILD) == [31]
        assert await policies.unblock_member(GUILD, UserId(31), **BY) is True
        assert await policies.unblock_member(GUILD, UserId(31), **BY) is False
        lines = [(it.act, it.subject, it.reason) for it in await policies.list_audit(GUILD)]
    assert lines[::-1] == [
        ("admin-role-add", "1", ""),
        ("admin-role-remove", "1", ""),
        ("block", "31", "spam"),
        ("unblock", "31", ""),
    ]


async def test_a_word_is_blocked_once_however_it_is_written(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db") as books:
        policies = Policies(books)
        assert await policies.block_word(GUILD, "  Very   Bad ", **BY) is True
        assert await policies.block_word(GUILD, "VERY BÄD", **BY) is False
        assert await policies.list_blocked_words(GUILD) == ["Very Bad"]
        assert await policies.find_blocked_word(GUILD, "a ve\u200bry bad idea") == "Very Bad"
        assert await policies.find_blocked_word(GUILD, "a very good idea") is None
        assert await policies.find_blocked_word(OTHER, "a very bad idea") is None
        assert await policies.unblock_word(GUILD, "very bad", **BY) is True
        assert await policies.unblock_word(GUILD, "very bad", **BY) is False
        for word, fault in (("", "blank"), ("\u200b", "blank"), ("x" * 101, "too_long")):
            with pytest.raises(PolicyRefusedError, match=f"word: {fault}"):
                await policies.block_word(GUILD, word, **BY)
        assert [it.subject for it in await policies.list_audit(GUILD)] == ["Very Bad", "Very Bad"]


async def test_presets_are_found_by_name_and_offered_by_any_part_of_it(tmp_path: Path) -> None:
    ink = LoraPreset("Ink wash", "https://example.com/ink.safetensors", 0.8)
    async with opened(tmp_path / "books.db") as books:
        policies = Policies(books)
        assert await policies.put_preset(GUILD, ink, **BY) is None
        for name in ("Übermalt", "inkjet", "a wet ink", "oil"):
            await policies.put_preset(GUILD, replace(ink, name=name), **BY)
        assert await policies.find_preset(GUILD, "INK WASH") == ink
        assert await policies.find_preset(OTHER, "Ink wash") is None
        assert [it.name for it in await policies.list_presets(GUILD, typed="INK")] == [
            "Ink wash",
            "inkjet",
            "a wet ink",
        ]
        assert [it.name for it in await policies.list_presets(GUILD, typed="ü")] == ["Übermalt"]
        assert len(await policies.list_presets(GUILD, limit=2)) == 2
        louder = replace(ink, name="INK WASH", scale=1.5)
        assert await policies.put_preset(GUILD, louder, **BY) == ink
        assert await policies.find_preset(GUILD, "ink wash") == louder
        assert await policies.remove_preset(GUILD, "ink wash", **BY) is True
        assert await policies.remove_preset(GUILD, "ink wash", **BY) is False
        (last, *_) = await policies.list_audit(GUILD)
    assert (last.act, last.subject) == ("lora-remove", "INK WASH")
    assert last.before == "https://example.com/ink.safetensors at 1.5"


async def test_a_server_has_at_most_two_hundred_presets(tmp_path: Path) -> None:
    preset = LoraPreset("style", "https://example.com/a", 1.0)
    async with opened(tmp_path / "books.db") as books:
        policies = Policies(books)
        for n in range(MOST_PRESETS):
            await policies.put_preset(GUILD, replace(preset, name=f"style {n}"), **BY)
        with pytest.raises(PolicyRefusedError, match="name: too_many"):
            await policies.put_preset(GUILD, preset, **BY)
        await policies.put_preset(GUILD, replace(preset, name="style 7", scale=2.0), **BY)
        await policies.put_preset(OTHER, preset, **BY)
        assert len(await policies.list_presets(GUILD)) == MOST_PRESETS


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"name": ""}, "name: blank"),
        ({"name": "\u200b"}, "name: blank"),
        ({"name": " ink"}, "name: blank"),
        ({"name": "a\nb"}, "name: form"),
        ({"name": "x" * 101}, "name: too_long"),
        ({"url": "ink"}, "url: address_form"),
        ({"url": "ftp://example.com/a"}, "url: address_form"),
        ({"url": "https://"}, "url: address_form"),
        ({"url": "https://a b"}, "url: address_form"),
        ({"url": "https://me:secret@example.com/a"}, "url: address_form"),
        ({"url": "https://example.com:99999/a"}, "url: address_form"),
        ({"url": "https://[example.com/a"}, "url: address_form"),
        ({"url": "https://example.com/" + "x" * 2000}, "url: too_long"),
        ({"scale": -0.1}, "scale: out_of_range"),
        ({"scale": 4.1}, "scale: out_of_range"),
        ({"scale": math.nan}, "scale: out_of_range"),
    ],
)
async def test_a_preset_that_cannot_be_one_is_refused(
    tmp_path: Path, changed: dict[str, object], fault: str
) -> None:
    preset = LoraPreset("ink", "https://example.com/a", 1.0)
    async with opened(tmp_path / "books.db") as books:
        with pytest.raises(PolicyRefusedError, match=fault):
            await Policies(books).put_preset(GUILD, replace(preset, **changed), **BY)
        assert await Policies(books).list_presets(GUILD) == []


async def test_the_audit_is_read_page_by_page_and_newest_first(tmp_path: Path) -> None:
    async with opened(tmp_path / "books.db") as books:
        policies = Policies(books)
        for n in range(45):
            await policies.set_role_allowance(GUILD, RoleId(n), Micros(n), **BY)
            await policies.set_role_allowance(OTHER, RoleId(n), Micros(n), **BY)
        read: list[str] = []
        before = None
        while page := await policies.list_audit(GUILD, limit=20, before=before):
            assert len(page) in {20, 5}
            read += [line.subject for line in page]
            before = page[-1].id
    assert read == [str(n) for n in range(44, -1, -1)]
