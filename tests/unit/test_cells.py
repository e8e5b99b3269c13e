"""Cells: no formula in any of them, and nothing lost."""

import csv
import io
import json
import random
import re
import zipfile
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.sheets import BOM, open_folder
from bot.domain.cells import money_cell, safe_cell
from bot.domain.ids import JobNumber, UserId
from bot.domain.job import JobState
from bot.domain.job_sheet import JobSheet
from bot.domain.money import Micros, dollars
from bot.domain.provider import Cause
from bot.domain.report import JobLine

DANGEROUS = "=+-@\uff1d\uff0b\uff0d\uff20"
UNSEEN = " \u00a0\u3000\u200b\ufeff"
NASTY = st.text(
    st.one_of(st.sampled_from(f"{DANGEROUS}{UNSEEN}\t\r\n\";,|'"), st.characters()), max_size=30
)


def begins_like_a_formula(cell: str) -> bool:
    if cell[:1] in {"\t", "\r", "\n"}:
        return True
    seen = cell.lstrip(f"{UNSEEN}\t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029")
    return seen[:1] != "" and seen[0] in DANGEROUS


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u3000=1",
        "\u200b=1",
        "\ufeff=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff201",
        "\x00=1",
        "=cmd|' /C calc'!A0",
    ],
)
def test_what_would_be_a_formula_begins_with_an_apostrophe(text) -> None:
    assert begins_like_a_formula(text) or "\x00" in text
    assert not begins_like_a_formula(safe_cell(text))


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a fox", "a fox"),
        ("", ""),
        ("1 = 1", "1 = 1"),
        ("a fox, -- at dawn", "a fox, -- at dawn"),
        ("'tis", "''tis"),
        ("-1", "'-1"),
        ("a;=1", "a;'=1"),
        ("a\n=1", "a\n'=1"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("nul\x00", "nul\ufffd"),
    ],
)
def test_a_cell_is_what_was_written(text, cell) -> None:
    assert safe_cell(text) == cell


@given(NASTY)
def test_no_cell_begins_like_a_formula_wherever_a_reader_cuts_it(text) -> None:
    cell = safe_cell(text)
    assert not begins_like_a_formula(cell)
    for piece in re.split("[;|\t\r\n]", cell)[1:]:
        assert not begins_like_a_formula(piece)


@given(NASTY.filter(lambda text: not re.search("[;|\t\r\n\x00-\x1f\x7f\ud800-\udfff]", text)))
def test_one_apostrophe_less_is_the_text_again(text) -> None:
    assert safe_cell(text).removeprefix("'") in {text, text.removeprefix("'")}
    back = safe_cell(text)
    assert (back.removeprefix("'")) == text


@pytest.mark.parametrize(
    ("amount", "cell"),
    [(0, "0.00"), (160_000, "0.16"), (75_300, "0.0753"), (1, "0.000001"), (10**12, "1000000.00")],
)
def test_money_is_a_plain_number(amount, cell) -> None:
    assert money_cell(Micros(amount)) == cell


# Files


def read(data: bytes) -> list[list[str]]:
    text = data.decode("utf-8")
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))


@given(st.lists(st.lists(NASTY.map(safe_cell), min_size=2, max_size=2), max_size=20))
def test_what_is_written_is_read_again(rows) -> None:
    with open_folder() as folder:
        [path] = folder.write("jobs", ["a", "b"], rows, largest_bytes=10**7)
        assert path.name == "jobs.csv"
        assert read(path.read_bytes()) == [["a", "b"], *rows]
    assert not folder.path.exists()


@pytest.mark.parametrize("count", [0, 1, 100, 3000])
def test_a_large_sheet_comes_in_packages_that_fit_and_miss_nothing(seed, count) -> None:

    chance, largest = random.Random(seed), 500_000
    rows = [[str(nth), chance.randbytes(400).hex()] for nth in range(count)]
    with open_folder() as folder:
        paths = folder.write("jobs", ["a", "b"], iter(rows), largest_bytes=largest)
        assert all(path.stat().st_size <= largest for path in paths)
        assert len(paths) == {0: 1, 1: 1, 100: 1, 3000: len(paths)}[count]
        found: list[list[str]] = []
        for path in paths:
            data = path.read_bytes()
            if path.suffix == ".zip":
                package = zipfile.ZipFile(path)
                [name] = package.namelist()
                assert name == f"{path.stem}.csv"
                data = package.read(name)
            header, *part = read(data)
            assert header == ["a", "b"]
            found += part
        assert found == rows
        assert {path.name for path in folder.path.iterdir()} == {path.name for path in paths}
    if count == 3000:
        assert [path.name for path in paths[:2]] == ["jobs.zip", "jobs-part-2.zip"]


def test_a_sheet_that_shrinks_enough_is_one_package() -> None:
    rows = [[str(nth), "a fox in the snow " * 20] for nth in range(5000)]
    with open_folder() as folder:
        [path] = folder.write("jobs", ["a", "b"], rows, largest_bytes=400_000)
        assert path.name == "jobs.zip"


# Rows


def line(request: str, **facts: object) -> JobLine:
    known: dict[str, object] = {
        "number": JobNumber(7),
        "at": datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        "member": UserId(123456789012345678),
        "model": "ltx",
        "mode": "text",
        "state": JobState.DELIVERED,
        "price": dollars("0.16"),
        "charged": dollars("0.16"),
        "refunded": Micros(0),
        "pool": dollars("0.16"),
        "cause": None,
        "request": request,
    }
    return JobLine(**{**known, **facts})


SHEET = JobSheet(
    ZoneInfo("Europe/Berlin"),
    {UserId(123456789012345678): "=Ann"},
    ("resolution", "duration", "seed", "image", "lora", "expand_prompt"),
)


def cells(request: str, **facts: object) -> dict[str, str]:
    return dict(zip(SHEET.header, SHEET.row(line(request, **facts)), strict=True))


def test_a_row_has_everything_that_is_known_of_a_job() -> None:
    request = (
        '{"mode": "text", "prompt": "+a fox", "resolution": "720p", "duration": 5, "seed": 42,'
        ' "expand_prompt": false, "style": "-x",'
        ' "image": {"url": "https://cdn.example/a/fox.png?ex=1&hm=secret", "media_type": "image/png"},'
        ' "lora": "https://me:key@host.example/a.safetensors?token=secret"}'
    )
    row = cells(request, cause=Cause.PROMPT, state=JobState.FAILED)
    assert row == {
        "number": "7",
        "time": "2026-10-25T02:30:00+01:00",
        "member": "<@123456789012345678>",
        "member_name": "'=Ann",
        "model": "ltx",
        "mode": "text",
        "state": "failed",
        "charged": "0.16",
        "refunded": "0.00",
        "pool": "0.16",
        "price": "0.16",
        "cause": "prompt",
        "prompt": "'+a fox",
        "resolution": "720p",
        "duration": "5",
        "seed": "42",
        "image": "https://cdn.example/a/fox.png",
        "lora": "https://host.example/a.safetensors",
        "expand_prompt": "no",
        "other": '{"style": "-x"}',
    }


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    early = cells("{}", at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))["time"]
    assert (early, cells("{}")["time"]) == (
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:30:00+01:00",
    )


def test_a_seed_that_was_left_to_chance_is_an_empty_cell() -> None:
    assert cells('{"seed": -1}')["seed"] == ""


@given(prompt=NASTY, name=NASTY, model=NASTY)
def test_no_cell_of_a_row_begins_like_a_formula(prompt, name, model) -> None:

    sheet = JobSheet(ZoneInfo("UTC"), {UserId(123456789012345678): name}, ("lora", "seed"))
    request = json.dumps({"prompt": prompt, "lora": prompt, "seed": -1, prompt: prompt})
    for cell in sheet.row(line(request, model=model, mode=model)):
        assert not begins_like_a_formula(cell)
