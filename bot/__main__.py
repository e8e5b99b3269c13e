"""`python -m bot`: reads the settings, does what the verb says, and ends with a code.

Rule: a bad start is one line on stderr that says what to change, never a traceback.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from bot import log
from bot.domain.errors import ClapperError, FolderLockedError, SettingsError
from bot.redaction import one_line
from bot.settings import read_settings
from bot.verbs import DEFAULT, VERBS
from bot.verbs.verb import Exit


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line says. The answer is the process's exit code."""
    os.umask(0o077)  # whatever this process writes is its owner's alone
    log.configure("console")  # until the settings say how
    try:
        return _act(_parse(sys.argv[1:] if arguments is None else arguments))
    except SettingsError as error:
        return _explain(error, Exit.USAGE)
    except FolderLockedError as error:
        return _explain(error, Exit.LOCKED)
    except ClapperError as error:
        return _explain(error, Exit.PROBLEM)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception:  # noqa: BLE001 - the last door: the log hides what a traceback would show
        log.get_logger(__name__).critical("Crashed", exc_info=True)
        return Exit.DEFECT


def _parse(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(
        prog="python -m bot",
        description="Clapper, a Discord bot that makes videos within a budget.",
        epilog="Settings come from the environment or .env: see deploy/env.example.",
        allow_abbrev=False,
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    for verb in VERBS.values():
        sub = verbs.add_parser(
            verb.name, help=verb.summary, description=verb.summary, allow_abbrev=False
        )
        if verb.declare:
            verb.declare(sub)
    known = parser.parse_args(arguments if arguments or DEFAULT not in VERBS else [DEFAULT])
    if known.verb is None:
        parser.print_help(sys.stderr)
        parser.exit(Exit.USAGE)
    return known


def _act(arguments: Namespace) -> Exit:
    settings = read_settings()
    log.configure(settings.log_format, secrets=settings.list_secrets())
    return VERBS[arguments.verb].act(settings, arguments)


def _explain(error: ClapperError, code: Exit) -> Exit:
    print(f"clapper: {one_line(str(error))}", file=sys.stderr)  # noqa: T201 - the one line
    return code


if __name__ == "__main__":
    sys.exit(main())
