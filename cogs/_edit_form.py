"""The form behind *Edit*: the first five options of a mode, prefilled, and what came back.

Rule: it is made from the request class alone, so a new model has its form without a line here. What
the form does not show stays as it was.
"""

from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import ui

from bot.app import Form
from bot.cards import Reader, show_price
from bot.catalogue import CatalogueError
from bot.domain.errors import RequestRefusedError
from bot.domain.options import Option
from bot.domain.options import options as options_of
from bot.domain.video import PriceList, VideoModel, VideoRequest

MOST_FIELDS: Final = 5
_LONGEST_INPUT: Final = 4000
_MOST_CHOICES: Final = 25
_USUAL: Final = "-"
"""The choice of nothing in particular."""
_YES, _NO = "yes", "no"


def shown_options(model: VideoModel, mode: str) -> list[Option]:
    """What the form shows, in the order people meet it."""
    known = options_of(model.request)
    return [known[name] for name in model.mode(mode).options[:MOST_FIELDS]]


@dataclass(frozen=True, slots=True)
class EditForm:
    """Makes the fields for one request."""

    reader: Reader
    model: VideoModel
    request: VideoRequest
    prices: PriceList | None
    needs_image: bool
    """The images cannot be found again."""

    def fields(self) -> "list[ui.Item[Any]]":
        """Labelled, with what the request has in them."""
        return [
            label_of(self.reader, option, self._component(option), told=self._told(option))
            for option in shown_options(self.model, self.request.mode)
        ]

    def _told(self, option: Option) -> str | None:
        if option.kind == "image":
            kept = option.name in self.request.given() and not self.needs_image
            return self.reader.say("members.edit.image") if kept else None
        given = _written(self.request.given().get(option.name))
        return self.reader.say("members.edit.long") if len(given) > _LONGEST_INPUT else None

    def _component(self, option: Option) -> "ui.Item[Any]":
        required = option.name in self.request.its_mode.required
        given = self.request.given().get(option.name)
        if option.kind == "image":
            needed = required and self.needs_image
            return ui.FileUpload(
                custom_id=option.name, required=needed, min_values=int(needed), max_values=1
            )
        values = _values(option)
        if values:
            choices = [self._choice(option, value, given) for value in values]
            usual = self.reader.say("members.edit.usual")
            if not required and option.default is None:
                choices.insert(0, _select_option(usual, _USUAL, chosen=given is None))
            return ui.Select(custom_id=option.name, options=choices)
        long = option.kind == "text"
        return ui.TextInput(
            custom_id=option.name,
            style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
            default=_written(given)[:_LONGEST_INPUT],
            required=required,
            max_length=min(option.longest or 20, _LONGEST_INPUT),
        )

    def _choice(self, option: Option, value: object, given: object) -> discord.SelectOption:
        chosen = value == given
        if option.kind == "flag":
            label = self.reader.say("card.yes" if value else "card.no")
            return _select_option(label, _YES if value else _NO, chosen=chosen)
        label = str(value)
        if option.name == "duration":
            other = self.request.model_copy(update={"duration": value})
            price = show_price(self.reader, self.model.price(other, self.prices))
            label = self.reader.say("commands.length", seconds=value, price=price)
        return _select_option(label, str(value), chosen=chosen)


def label_of(
    reader: Reader, option: Option, component: "ui.Item[Any]", *, told: str | None = None
) -> "ui.Label[Any]":
    """A field with its name, and what it is for where the catalogue says so."""
    if told is None:
        try:
            told = reader.say(f"commands.option.{option.name}", **option.facts())
        except CatalogueError:
            told = ""
    name = reader.name("option", option.name)[:45]
    return ui.Label(text=name, description=told[:100] or None, component=component)


def read_edited(form: Form, model: VideoModel, request: VideoRequest) -> dict[str, object]:
    """The request's options with what the form changed. Raises RequestRefusedError."""
    options = dict(request.given())
    for option in shown_options(model, request.mode):
        if option.kind == "image":
            files = form.files.get(option.name)
            if files:
                options[option.name] = files[0]
            continue
        read = _read(form, option)
        if not _is_beginning(read, options.get(option.name)):
            options[option.name] = read
    return options


def _is_beginning(read: object, given: object) -> bool:
    """Whether a text that is too long for a form came back as it stood there."""
    if not isinstance(read, str) or not isinstance(given, str):
        return False
    return len(given) > _LONGEST_INPUT and read == given[:_LONGEST_INPUT].strip()


def _read(form: Form, option: Option) -> object:
    values = _values(option)
    if values:
        chosen = next(iter(form.choices.get(option.name, ())), _USUAL)
        return next((it for it in values if _value_of(it) == chosen), None)
    text = form.texts.get(option.name, "").strip()
    if not text or option.kind in {"text", "address"}:
        return text or None
    return _number(option, text)


def _number(option: Option, text: str) -> float:
    try:
        return int(text) if option.kind == "whole" else float(text.replace(",", "."))
    except ValueError:
        raise RequestRefusedError(option.name, "wrong_type") from None


def _values(option: Option) -> list[object]:
    """Everything that an option can be, where that fits a menu."""
    if option.choices:
        return [*option.choices]
    if option.kind == "flag":
        return [True, False]
    if option.kind == "whole" and option.lowest is not None and option.highest is not None:
        whole = range(int(option.lowest), int(option.highest) + 1)
        return [*whole] if len(whole) < _MOST_CHOICES else []
    return []


def _value_of(value: object) -> str:
    if isinstance(value, bool):
        return _YES if value else _NO
    return str(value)


def _select_option(label: str, value: str, *, chosen: bool) -> discord.SelectOption:
    return discord.SelectOption(label=label[:100], value=value, default=chosen)


def _written(value: object) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
