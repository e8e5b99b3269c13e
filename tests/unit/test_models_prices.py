"""The operator's price list is taken exactly or not at all."""

from pathlib import Path

import pytest

from bot.domain.errors import SettingsError
from bot.models import discover, read_request
from bot.models.prices import SETTING, read_prices

MODELS = discover()
KLING = '[kling]\nfirst-5-seconds = "0.42"\nfurther-second = 0.084\n'


def priced(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "prices.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(path: Path) -> str:
    with pytest.raises(SettingsError) as error:
        read_prices(path, MODELS)
    assert error.value.setting == SETTING == "CLAPPER_PRICES"
    assert "\n" not in error.value.fault
    return error.value.fault


def test_without_a_file_the_shipped_prices_hold():
    assert read_prices(None, MODELS) == {key: model.prices for key, model in MODELS.items()}


def test_an_empty_file_replaces_nothing(tmp_path: Path):
    assert read_prices(priced(tmp_path, ""), MODELS) == read_prices(None, MODELS)


@pytest.mark.parametrize("name", ["kling", "kling-2-5-turbo-pro", '"kling-2-5-turbo-pro"'])
def test_a_replaced_price_is_exact_and_no_longer_assumed(tmp_path: Path, name: str):
    book = read_prices(priced(tmp_path, KLING.replace("kling", name)), MODELS)
    assert book["kling"].rates == {"first-5-seconds": 420_000, "further-second": 84_000}
    assert book["kling"].assumed is False
    assert book["wan"] == MODELS["wan"].prices
    assert book["wan"].assumed is True
    model = MODELS["kling"]
    request = read_request(model, "text", {"prompt": "a boat", "duration": 10})
    assert model.price(request, book["kling"]).micros == 840_000


def test_a_file_written_with_a_byte_order_mark_is_read(tmp_path: Path):
    path = priced(tmp_path, KLING.replace("\n", "\r\n").encode("utf-8-sig"))
    assert read_prices(path, MODELS)["kling"].assumed is False


@pytest.mark.parametrize(
    ("written", "micros"),
    [
        ('"0.1"', 100_000),
        ("0.1", 100_000),
        ("1", 1_000_000),
        ("1e-3", 1_000),
        ("0.0000011", 2),
        ("0.08000000000000000000000000000000000000001", 80_001),
        ("0.000001", 1),
        ("100000", 100_000_000_000),
    ],
)
def test_a_price_is_read_without_floats_and_rounded_up(tmp_path: Path, written: str, micros: int):
    path = priced(tmp_path, f'[wan]\n720p = {written}\n1080p = "0.2"\n')
    assert read_prices(path, MODELS)["wan"].rates["720p"] == micros


@pytest.mark.parametrize(
    "written",
    [
        *("0", "-1", "0.0000001", "100000.01", "1e400", "1e-999999999", '"1e-999999999"'),
        *("inf", "nan", "-inf", '"NaN"', "true", '"free"', '""', '"$1"', "[1]", "[0, [1], 0]"),
        *("{}", "2026-01-01", "1979-05-27T07:32:00Z"),
    ],
)
def test_what_is_no_sane_price_is_refused_by_name(tmp_path: Path, written: str):
    fault = refused(priced(tmp_path, f'[wan]\n720p = {written}\n1080p = "0.2"\n'))
    assert fault.startswith(f"720p of [wan] in {tmp_path / 'prices.toml'} must be ")


def test_a_missing_price_is_refused_by_name(tmp_path: Path):
    path = priced(tmp_path, '[ltx]\n480p = "1"\n720p = "1"\n')
    assert refused(path) == (
        f"[ltx] in {path} lacks a price for 1080p, 1080p-lora, 480p-lora, 720p-lora:"
        " a table replaces all prices of its model"
    )


def test_an_unknown_price_is_refused_by_name(tmp_path: Path):
    path = priced(tmp_path, KLING + '1080p = "1"\n')
    assert refused(path) == f"[kling] in {path} prices 1080p, which that model does not have"


def test_an_unknown_model_is_refused_and_the_known_are_told(tmp_path: Path):
    fault = refused(priced(tmp_path, "[prices]\n"))
    assert "'prices'" in fault
    assert all(model.provider_id in fault for model in MODELS.values())


def test_a_model_priced_under_both_its_names_is_refused(tmp_path: Path):
    both = KLING + KLING.replace("kling", "kling-2-5-turbo-pro")
    assert "twice" in refused(priced(tmp_path, both))


def test_a_price_outside_any_table_is_refused(tmp_path: Path):
    assert "must be a table" in refused(priced(tmp_path, "wan = 0.1\n"))
    assert "must be a table" in refused(priced(tmp_path, '[[wan]]\n720p = "1"\n1080p = "1"\n'))


@pytest.mark.parametrize(
    "text",
    [
        "[wan\n",
        "720p",
        KLING + KLING,
        b"\xff\xfe",
        "[wan]\n720p = " + "1" * 5000,
        "x = " + "[" * 5000,
        "\x00",
    ],
)
def test_what_is_no_toml_is_refused(tmp_path: Path, text: str | bytes):
    assert "is not a TOML file" in refused(priced(tmp_path, text))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path):
    assert "cannot be read: no such file" in refused(tmp_path / "none.toml")
    assert "cannot be read: is a directory" in refused(tmp_path)
