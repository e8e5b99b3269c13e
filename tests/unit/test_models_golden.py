"""The shipped models against payloads, prices and plans written by hand from the provider's pages."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.money import dollars
from bot.domain.video import PollPlan, Price
from bot.models import discover, read_request

MODELS = discover()
GOLDEN = Path(__file__).parent.parent / "contract" / "golden"
FILES = {path.stem: path for path in sorted(GOLDEN.glob("*.json"))}
CASES = [
    pytest.param(*name.split("-", 1), case, id=f"{name}: {case['case']}")
    for name, path in FILES.items()
    for case in json.loads(path.read_text(encoding="utf-8"))
]


def test_every_mode_of_the_shipped_models_has_its_file():
    shipped = {
        f"{key}-{mode.name}" for key in ("ltx", "kling", "wan") for mode in MODELS[key].modes
    }
    assert shipped == FILES.keys()


def test_kling_and_wan_have_assumed_prices_and_ltx_documented_ones():
    assumed = {key: MODELS[key].prices.assumed for key in ("ltx", "kling", "wan")}
    assert assumed == {"ltx": False, "kling": True, "wan": True}


@pytest.mark.parametrize(("key", "mode", "case"), CASES)
def test_the_payload_is_letter_for_letter(key: str, mode: str, case: dict[str, Any]):
    payload = MODELS[key].payload(read_request(MODELS[key], mode, case["options"]))
    # As text: 5 is not 5.0 and True is not 1.
    assert json.dumps(payload, sort_keys=True) == json.dumps(case["payload"], sort_keys=True)


@pytest.mark.parametrize(("key", "mode", "case"), CASES)
def test_the_price_is_exact(key: str, mode: str, case: dict[str, Any]):
    model = MODELS[key]
    price = model.price(read_request(model, mode, case["options"]))
    assert price == Price(dollars(case["price"]), assumed=model.prices.assumed)


@pytest.mark.parametrize(("key", "mode", "case"), CASES)
def test_the_poll_plan_is_the_documented_one(key: str, mode: str, case: dict[str, Any]):
    plan = MODELS[key].plan(read_request(MODELS[key], mode, case["options"]))
    assert plan == PollPlan(*(timedelta(seconds=seconds) for seconds in case["plan_seconds"]))
