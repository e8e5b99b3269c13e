"""`doctor`: looks at everything and says how to mend what is wrong.

Rule: it mends nothing by itself, so that it can be run beside the bot at any time.
"""

import asyncio
import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from pydantic import ValidationError

from bot.adapters.command_outline import Outline, Told
from bot.adapters.examine_clips import examine_clips
from bot.adapters.examine_discord import Expected, examine_discord
from bot.adapters.examine_folder import examine_folder
from bot.adapters.examine_provider import examine_provider, rehearses
from bot.adapters.folder import DataFolder
from bot.adapters.sqlite.examine import examine, find_mark
from bot.adapters.sqlite.marks import TOLD
from bot.domain.finding import Finding, Verdict
from bot.redaction import one_line
from bot.settings import Settings
from bot.verbs.examine_settings import examine_settings
from bot.verbs.verb import Exit, Verb


def render(findings: Sequence[Finding]) -> str:
    """For people: one line each, and beneath it what to do."""
    width = max(len(finding.name) for finding in findings)
    lines: list[str] = []
    for finding in findings:
        head = f"{finding.verdict:<8} {finding.name:<{width}}  "
        lines.append(head + one_line(finding.sentence))
        if finding.remedy:
            lines.append(" " * len(head) + one_line(finding.remedy))
    return "\n".join([*lines, "", _sum_up(findings)])


def render_json(findings: Sequence[Finding]) -> str:
    """For machines: a list."""
    return json.dumps([asdict(finding) for finding in findings], indent=2)


def _sum_up(findings: Sequence[Finding]) -> str:
    broken, warnings = _count(findings, Verdict.BROKEN), _count(findings, Verdict.WARNING)
    if not broken and not warnings:
        return "All is well."
    return f"{broken} broken, {warnings} to know about."


def _count(findings: Sequence[Finding], verdict: Verdict) -> int:
    return sum(finding.verdict is verdict for finding in findings)


def _declare(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print findings as JSON")


def _act(settings: Settings, arguments: Namespace) -> Exit:
    findings = asyncio.run(_look(settings))
    print(render_json(findings) if arguments.json else render(findings))  # noqa: T201 - the answer
    return Exit.PROBLEM if _count(findings, Verdict.BROKEN) else Exit.FINE


async def _look(settings: Settings) -> list[Finding]:
    """At everything: whatever can be slow at the same time, and told in one order."""
    folder = DataFolder(settings.data_dir)
    books, clips, town, provider = await asyncio.gather(
        _look_at_books(folder),
        examine_clips(folder),
        _look_at_discord(settings, folder),
        _look_at_provider(settings),
    )
    here = [*examine_settings(settings), *examine_folder(folder)]
    return [*here, *books, *clips, *town, *provider]


async def _look_at_books(folder: DataFolder) -> list[Finding]:
    if folder.is_closed():
        return []  # the look at the folder says so
    return await examine(folder.database)


async def _look_at_discord(settings: Settings, folder: DataFolder) -> list[Finding]:
    told = await asyncio.to_thread(_find_told, folder, settings.development_server)
    expected = Expected(
        settings.allowed_servers, settings.development_server, settings.discord_api_url, told
    )
    return await examine_discord(settings.discord_token, expected)


def _find_told(folder: DataFolder, server: int | None) -> Outline | None:
    """The commands that the bot has told Discord there, if the books say so."""
    if folder.is_closed() or not folder.database.exists():
        return None
    try:
        told = Told.model_validate_json(find_mark(folder.database, TOLD) or "")
    except ValidationError:
        return None
    return told.commands if told.server == server else None


async def _look_at_provider(settings: Settings) -> list[Finding]:
    if settings.provider == "rehearsal":
        return [rehearses()]
    return await examine_provider(
        settings.apixo_url, settings.apixo_api_key, settings.balance_floor
    )


DOCTOR: Final = Verb("doctor", "check everything and say how to mend it", _act, _declare)
