"""Turns what a person chose into a request, or into one fault that can be told to them.

Rule: of several faults the first is told; a text that was typed is never among its facts.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails, core_schema

from bot.domain.errors import RequestRefusedError
from bot.domain.options import options as options_of
from bot.domain.video import LARGEST_PICTURE_BYTES, PictureType, VideoModel, VideoRequest

Fault = Literal[
    "needs_image",  # mode
    "needs_option",  # mode
    "wrong_mode",  # mode: the option exists, this mode does not take it
    "unknown_mode",
    "unknown_option",
    "blank",  # nothing to read in it
    "too_long",  # longest, length
    "out_of_range",  # lowest, highest
    "not_a_choice",  # choices
    "wrong_type",
    "unreadable",  # a text with half a character in it
    "step",  # step
    "seed_zero",
    "lora_gap",  # needed: the LoRA that must come before
    "scale_without_lora",  # needed
    "address_form",
    "address_private",
    "address_page",
    "image_type",  # choices
    "image_large",  # largest_bytes
    "image_empty",
    "image_address",
]
"""What can be wrong with an option, and the facts beside it. Keys of the catalogue.

A model may have a fault of its own: it arrives with a `sentence` in English among its facts.
"""

_FAULTS: Final[frozenset[str]] = frozenset(get_args(Fault))
_PYDANTICS: Final[frozenset[str]] = frozenset(get_args(core_schema.ErrorType))
_OURS: Final[Mapping[str, Fault]] = {
    "missing": "needs_option",
    "extra_forbidden": "unknown_option",
    "string_too_short": "blank",
    "string_too_long": "too_long",
    "literal_error": "not_a_choice",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
}
"""What pydantic's own faults are to us. All others are a value of the wrong type."""


def read_request(model: VideoModel, mode: str, options: Mapping[str, object]) -> VideoRequest:
    """The request that these options make. None stands for an option that was left alone."""
    if model.request.find_mode(mode) is None:
        raise RequestRefusedError(
            "mode", "unknown_mode", choices=tuple(it.name for it in model.modes)
        )
    chosen = {name: value for name, value in options.items() if value is not None}
    try:
        return model.request.model_validate({**chosen, "mode": mode})
    except ValidationError as error:
        # The cause would carry what was typed into every traceback, and so into the logs.
        raise _refusal(model, mode, error.errors(include_url=False)[0]) from None


def refuse_address(models: Iterable[VideoModel], address: str) -> None:
    """Raises RequestRefusedError where models take addresses, and none of them would take this."""
    refused = list[RequestRefusedError]()
    for model in models:
        trial = _address_trial(model, address)
        if trial is None:
            continue
        try:
            read_request(model, *trial)
        except RequestRefusedError as error:
            refused.append(RequestRefusedError("address", error.fault, **error.facts))
        else:
            return
    if refused:
        raise refused[0]


def _address_trial(model: VideoModel, address: str) -> tuple[str, dict[str, object]] | None:
    """The smallest request with an address; None where a model takes none."""
    kinds = {name: option.kind for name, option in options_of(model.request).items()}
    for mode in model.modes:
        needed = {name: kinds[name] for name in mode.required}
        if "address" in needed.values() and set(needed.values()) <= {"address", "text"}:
            return mode.name, {
                name: address if kind == "address" else "-" for name, kind in needed.items()
            }
    return None


def _refusal(model: VideoModel, mode: str, error: ErrorDetails) -> RequestRefusedError:
    fault, facts = error["type"], dict(error.get("ctx", {}))
    named = facts.pop("option", "mode")
    path = error["loc"] or (named,)
    option = str(path[0])
    if len(path) > 1:
        return _image_refusal(option, str(path[1]), fault)
    if fault in _FAULTS:
        return RequestRefusedError(option, fault, **facts)
    if fault not in _PYDANTICS:
        return RequestRefusedError(option, fault, **facts, sentence=error["msg"])
    ours = _OURS.get(fault, "wrong_type")
    known = options_of(model.request).get(option)
    if ours == "wrong_type" and known is not None and known.kind in {"text", "address"}:
        ours = "unreadable"
    limits = known.facts() if known else {}
    if ours == "needs_option":
        limits = {"mode": mode}
    elif ours == "too_long":
        limits["length"] = len(error["input"])
    return RequestRefusedError(option, ours, **limits)


def _image_refusal(option: str, field: str, fault: str) -> RequestRefusedError:
    if field == "media_type":
        return RequestRefusedError(option, "image_type", choices=get_args(PictureType))
    if field == "size_bytes" and fault == "greater_than":
        return RequestRefusedError(option, "image_empty")
    if field == "size_bytes":
        return RequestRefusedError(option, "image_large", largest_bytes=LARGEST_PICTURE_BYTES)
    return RequestRefusedError(option, "image_address")
