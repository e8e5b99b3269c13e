"""Reads the body of a submission as strictly as the documentation describes it.

Rule: what is wrong is said by name, so that the log of a refused request explains itself.
"""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.playground.rehearsal.inputs import ModelInput


class OrderRefusedError(Exception):
    """The body breaks a documented rule; the text says which."""


def _callback_address(text: str) -> str:
    parts = urlsplit(text)
    secure = parts.scheme == "https" and bool(parts.hostname)
    if not secure and not is_loopback(text):
        raise ValueError("must be a public HTTPS URL (or a loopback one, in a rehearsal)")
    return text


def is_loopback(url: str) -> bool:
    """Whether this is plain HTTP to this very machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "http":
        return False
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Envelope(BaseModel):
    """Everything but `input`."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    request_type: Literal["async", "callback"]
    callback_url: Annotated[str, AfterValidator(_callback_address)] = Field(default="")
    provider: Literal["auto", "value", "official"] = "auto"
    input: dict[str, object]

    @model_validator(mode="after")
    def _callback_has_its_url(self) -> Self:
        if (self.request_type == "callback") != bool(self.callback_url):
            wanted = "refused" if self.callback_url else "required"
            raise ValueError(f"callback_url is {wanted} when request_type={self.request_type}")
        return self


@dataclass(frozen=True, slots=True)
class Order:
    """A submission that may be accepted."""

    input: ModelInput
    callback_url: str
    """Empty when the client polls."""
    payload: Mapping[str, object]
    """The body as it came."""


def read_order(model: type[ModelInput], content_type: str, raw: bytes) -> Order:
    """Turns a body into an order, or raises `OrderRefusedError` with the reason."""
    if content_type != "application/json":
        raise OrderRefusedError("Content-Type must be application/json")
    payload = _read_json(raw)
    try:
        envelope = Envelope.model_validate(payload)
    except ValidationError as error:
        raise OrderRefusedError(_reasons(error, "")) from error
    try:
        parsed = model.model_validate(envelope.input)
    except ValidationError as error:
        raise OrderRefusedError(_reasons(error, "input.")) from error
    return Order(parsed, envelope.callback_url, payload)


def _read_json(raw: bytes) -> dict[str, object]:
    try:
        body: object = json.loads(raw, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise OrderRefusedError(f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise OrderRefusedError("the body must be a JSON object")
    return cast("dict[str, object]", body)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{twice[0]!r} stands there twice")
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _reasons(error: ValidationError, prefix: str) -> str:
    """Every broken rule with its field; never the value, which may be a member's words."""
    return "; ".join(
        f"{prefix}{'.'.join(map(str, problem['loc']))}: {problem['msg']}".replace(".: ", ": ")
        for problem in error.errors(include_url=False, include_input=False, include_context=False)
    )
