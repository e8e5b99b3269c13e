"""Holds requests to Discord, and the local Discord's answers, against Discord's own description.

Rule: without the description (`described.py`) nothing is judged. What it does not tell (unknown
fields of a request) is checked here by hand.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Protocol

import jsonschema_rs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.described import find_description

ROOT = "urn:discord"
FROM_THE_LIBRARY = frozenset({"tts", "nsfw", "flags"})
"""discord.py always sends these, with edits, commands and embeds, where Discord's description does
not list them; Discord does not mind."""
ECHOED = frozenset({"attachments"})
"""And what it got as an answer it sends back whole."""


class Seen(Protocol):
    """A request and its answer, as the local Discord's journal keeps them."""

    method: str
    path: str
    body: Any
    multipart: bool
    status: int | None
    answer: Any
    fault: str | None


@cache
def description() -> "Description | None":
    """Discord's description, read once; None where it is not here."""
    found = find_description()
    return Description(json.loads(found.read_text(encoding="utf-8"))) if found else None


class Description:
    """What may be sent where, and what comes back."""

    def __init__(self, document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]
        schemas["SnowflakeType"] = {"anyOf": [schemas["SnowflakeType"], {"type": "integer"}]}
        # Inside the tree of an invalid form the codes are words, whatever the description says.
        words = {"code": {"type": "string"}, "message": {"type": "string"}}
        said = {"type": "object", "properties": words, "required": [*words]}
        schemas["InnerErrors"]["properties"]["_errors"]["items"] = said
        self._document = document
        resource = Resource(contents=document, specification=DRAFT202012)
        self._registry = Registry().with_resource(ROOT, resource)
        self._quick_registry = jsonschema_rs.Registry([(ROOT, document)])
        self._quick: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._templates = [(_pattern(path), path) for path in sorted(document["paths"], key=_rank)]

    def template(self, path: str) -> str | None:
        """The address in the description that a path belongs to."""
        return next((found for pattern, found in self._templates if pattern.fullmatch(path)), None)

    def problems(self, seen: Seen) -> list[str]:
        """What is wrong with a request and its answer; nothing is an empty list."""
        path = self.template(seen.path)
        where = f"{seen.method} {path or seen.path}"
        if path is None or seen.method.lower() not in self._document["paths"][path]:
            # Discord does not have it either, and must have said so.
            return [] if seen.status in {404, 405} else [f"{where}: not in the description"]
        found = list(self._request(path, seen)) if _accepted(seen) else []
        if seen.fault is None or seen.status == 429:
            found += self._answer(path, seen)
        return [f"{where}: {problem}" for problem in found]

    def _request(self, path: str, seen: Seen) -> Iterator[str]:
        operation = self._operation(path, seen.method)
        content = operation.get("requestBody", {}).get("content", {})
        kind = "multipart/form-data" if seen.multipart else "application/json"
        if seen.body is None:
            # Who dies in the middle of a request has sent none, and gets no answer.
            if operation.get("requestBody", {}).get("required") and seen.status is not None:
                yield "the request has no body"
            return
        if kind not in content:
            yield f"the request has a body of type {kind}"
            return
        at = ["paths", path, seen.method.lower(), "requestBody", "content", kind, "schema"]
        yield from self._compare("request", seen.body, at)
        yield from self._strangers(seen.body, content[kind]["schema"], "")

    def _answer(self, path: str, seen: Seen) -> Iterator[str]:
        if seen.status is None or seen.status >= 500:
            return
        responses = self._operation(path, seen.method)["responses"]
        key = str(seen.status) if str(seen.status) in responses else f"{seen.status // 100}XX"
        if key not in responses:
            yield f"the answer has the status {seen.status}"
            return
        response = responses[key]
        at = ["paths", path, seen.method.lower(), "responses", key]
        if "$ref" in response:
            at = response["$ref"].removeprefix("#/").split("/")
            response = self._at(at)
        content = response.get("content", {})
        if not content:
            if seen.answer is not None:
                yield f"the answer with status {seen.status} has a body"
            return
        yield from self._compare("answer", seen.answer, [*at, "content", *content, "schema"])

    def _operation(self, path: str, method: str) -> dict[str, Any]:
        return self._document["paths"][path][method.lower()]

    def _at(self, steps: Iterable[str]) -> dict[str, Any]:
        found = self._document
        for step in steps:
            found = found[step]
        return found

    def _compare(self, what: str, body: object, at: Iterable[str]) -> Iterator[str]:
        schema = {"$ref": f"{ROOT}#/{'/'.join(_escaped(step) for step in at)}"}
        if self._fits(body, schema):
            return
        validator = Draft202012Validator(schema, registry=self._registry)
        error = best_match(validator.iter_errors(body))
        if error is not None:
            yield f"{what}{_place(error)}: {error.message[:300]}"

    def _fits(self, body: object, schema: dict[str, str]) -> bool:
        """Whether there is nothing to say. What is not quickly seen to fit, the other one judges."""
        at = schema["$ref"]
        if at not in self._quick:
            registry = self._quick_registry
            self._quick[at] = jsonschema_rs.Draft202012Validator(schema, registry=registry)
        try:
            return self._quick[at].is_valid(body)
        except ValueError:  # it is no JSON
            return False

    def _strangers(self, body: object, schema: Mapping[str, Any], place: str) -> Iterator[str]:
        if isinstance(body, list):
            for index, thing in enumerate(body):
                yield from self._strangers(thing, self._items(schema), f"{place}.{index}")
        if not isinstance(body, dict):
            return
        known = self._known(schema)
        for key, value in body.items():
            if known and key not in known and key not in FROM_THE_LIBRARY:
                yield f"request{place}: Discord knows no field {key!r}"
            elif key in known and key not in ECHOED:
                union = {"anyOf": known[key]}
                yield from self._strangers(value, union, f"{place}.{key}")

    def _known(self, schema: Mapping[str, Any]) -> dict[str, list[Any]]:
        """All fields that some branch of a schema knows, with their schemas."""
        found: dict[str, list[Any]] = {}
        for branch in self._branches(schema):
            if "additionalProperties" in branch and branch["additionalProperties"] is not False:
                return {}
            for key, value in branch.get("properties", {}).items():
                found.setdefault(key, []).append(value)
        return found

    def _items(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"anyOf": [one["items"] for one in self._branches(schema) if "items" in one]}

    def _branches(self, schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        if "$ref" in schema:
            schema = self._at(schema["$ref"].removeprefix("#/").split("/"))
        yield schema
        for word in ("allOf", "anyOf", "oneOf"):
            for branch in schema.get(word, ()):
                yield from self._branches(branch)


def assert_fits(journal: Iterable[Seen]) -> None:
    """Every request and every answer of a journal is as Discord describes it."""
    discord = description()
    if discord is None:
        return  # the head of the run has said so
    found = [problem for seen in journal for problem in discord.problems(seen)]
    assert not found, "\n".join(dict.fromkeys(found))


def _accepted(seen: Seen) -> bool:
    # A body that was refused as invalid is judged by its answer alone, and in an outage nobody
    # reads bodies.
    return seen.status != 400 and not (seen.fault or "").startswith("outage")


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]+\})", path)
    return re.compile("".join("[^/]+" if part[:1] == "{" else re.escape(part) for part in parts))


def _rank(path: str) -> tuple[int, str]:
    # Addresses that are spelled out come before those with a placeholder there.
    return path.count("{"), path


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _place(error: ValidationError) -> str:
    deepest = error
    while deepest.context:
        deepest = max(deepest.context, key=lambda one: len(one.absolute_path))
    path = ".".join(str(step) for step in deepest.absolute_path)
    return f".{path} ({deepest.message[:200]})" if path else ""
