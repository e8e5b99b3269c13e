"""Reads the operator's price list, the file that CLAPPER_PRICES names.

Rule: a file that is not wholly understood is refused. A price guessed wrong costs somebody money.

    ["ltx-2-19b"]           # or [ltx]
    480p = "0.012"          # dollars; text or number, read exactly
    …                       # every rate of the model, under the model's own names

What is finer than a micro-dollar is rounded up to one.
"""

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, cast

from bot.domain.errors import SettingsError
from bot.domain.money import LARGEST_AMOUNT, MICROS_PER_DOLLAR, Micros, dollars
from bot.domain.video import PriceList, Rates, VideoModel

SETTING: Final = "CLAPPER_PRICES"
_SMALLEST_PRICE: Final = Decimal(1) / MICROS_PER_DOLLAR
_LARGEST_PRICE: Final = Decimal(LARGEST_AMOUNT) / MICROS_PER_DOLLAR

PriceBook = Mapping[str, PriceList]
"""What each model costs, by its key."""


def read_prices(path: Path | None, models: Mapping[str, VideoModel]) -> PriceBook:
    """Every model's prices: the operator's where the file names the model, else the shipped."""
    book = {key: model.prices for key, model in models.items()}
    if path is None:
        return book
    replaced: set[str] = set()
    for name, table in _tables(path).items():
        model = _model(name, models, path)
        if model.key in replaced:
            raise SettingsError(SETTING, f"{path} prices {model.title} twice")
        if not isinstance(table, dict):
            raise SettingsError(SETTING, f"in {path}, {name} must be a table of prices")
        replaced.add(model.key)
        rates = _rates(f"[{name}] in {path}", cast("dict[str, object]", table), model.prices.rates)
        book[model.key] = PriceList(rates, assumed=False)
    return book


def _tables(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise SettingsError(SETTING, f"{path} cannot be read: {why}") from error
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise SettingsError(SETTING, f"{path} is not a TOML file: {error}") from error


def _model(name: str, models: Mapping[str, VideoModel], path: Path) -> VideoModel:
    for model in models.values():
        if name in {model.key, model.provider_id}:
            return model
    known = _listed(model.provider_id for model in models.values())
    fault = f"no model is called {name!r}, as a table in {path} is; there are {known}"
    raise SettingsError(SETTING, fault)


def _rates(where: str, table: Mapping[str, object], shipped: Rates) -> Rates:
    if missing := shipped.keys() - table.keys():
        # Filled up from the shipped ones, a list would pass for the operator's word as a whole.
        fault = f"{where} lacks a price for {_listed(sorted(missing))}"
        raise SettingsError(SETTING, f"{fault}: a table replaces all prices of its model")
    if unknown := table.keys() - shipped.keys():
        raise SettingsError(
            SETTING, f"{where} prices {_listed(sorted(unknown))}, which that model does not have"
        )
    return {key: _price(f"{key} of {where}", table[key]) for key in shipped}


def _price(where: str, value: object) -> Micros:
    amount = _amount(value)
    if amount is None or not amount.is_finite():
        raise SettingsError(SETTING, f"{where} must be dollars, such as 0.016")
    if not _SMALLEST_PRICE <= amount <= _LARGEST_PRICE:
        bounds = f"{_SMALLEST_PRICE:f} and {_LARGEST_PRICE:f}"
        raise SettingsError(SETTING, f"{where} must be between {bounds} dollars")
    return dollars(amount)


def _amount(value: object) -> Decimal | None:
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
