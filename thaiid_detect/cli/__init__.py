"""The command line: each verb parses, calls the library, prints, and returns an exit code.

0 complete · 1 cards found and `--fail-on-found` given · 2 wrong usage or set-up · 3 not everything was analysed ·
130 interrupted. 3 wins over 1. Results go to standard output, everything else to standard error.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from types import TracebackType
from typing import Any, Final

import click

from thaiid_detect import __version__
from thaiid_detect.errors import ThaiIdDetectError

__all__ = ["main"]

INCOMPLETE = 3
INTERRUPTED = 130
_VERBS: Final = {
    "check": "One verdict a line for each FILE.",
    "doctor": "What is installed, and does it work?",
    "export": "Rows of a ledger as JSON lines or CSV.",
    "scan": "Find the ID cards in a store; resumable.",
}
"""Each a command in the module of its name, imported only when it is called: `--help` takes half the time so."""


class _Verbs(click.Group):
    """Turns what may end a verb into one line and an exit code, before click's own handlers see it.

    click would end a closed pipe with 1, and here 1 means "ID cards found".
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        verb: click.Command = getattr(import_module(f"{__name__}.{cmd_name}"), cmd_name)
        return verb

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            code = super().invoke(ctx)
            sys.stdout.flush()
        except ThaiIdDetectError as error:
            _say(f"error: {error}")
            return error.exit_code
        except KeyboardInterrupt:
            _say("interrupted")
            return INTERRUPTED
        except BrokenPipeError:
            # Else the interpreter's own flush at exit would meet the closed pipe again, and end with 120.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return INCOMPLETE
        return code


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="thaiid-detect")
def _verbs() -> None:
    """Finds copies of the Thai national ID card in files. No number is ever shown unmasked."""


def main(args: Sequence[str] | None = None) -> int:
    """Run one command line (default: `sys.argv`), print, and return the exit code."""
    sys.excepthook = _last_words
    try:
        return int(_verbs.main(args=args, prog_name="thaiid-detect", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return 2
    except click.Abort:
        return INTERRUPTED


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Says where a bug struck, but not the exception's text, which may quote a file; ends with 3: 1 means "found"."""
    places = "".join(f"  {frame.filename}:{frame.lineno} {frame.name}\n" for frame in traceback.extract_tb(trace))
    _say(f"error: this is a bug in thaiid-detect: {kind.__name__}\n{places}Please report these lines.")
    raise SystemExit(INCOMPLETE)
