"""`thaiid-detect scan STORE`: a whole store into a ledger, going on where an earlier run stopped."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from thaiid_detect.cli.choosing import choosing_options
from thaiid_detect.cli.interrupting import heeding_ctrl_c
from thaiid_detect.cli.output import Output, write_rows
from thaiid_detect.cli.precautions import keep_out_of_the_store, say_if_there_is_one_reader_only
from thaiid_detect.cli.wording import mode_option
from thaiid_detect.records import Mode

if TYPE_CHECKING:
    from thaiid_detect.sources import Selection, StoreOptions

__all__ = ["scan"]


@click.command()
@click.argument("store")
@click.option(
    "--ledger", type=click.Path(path_type=Path), help="SQLite file for the outcomes; default: the store's own."
)
@click.option(
    "--workers", type=click.IntRange(min=0), help="Worker processes; default: one a processor. 0: unprotected."
)
@mode_option
@click.option(
    "--retry-failed", is_flag=True, help="Try again what timed out, crashed or ran out of memory in an earlier run."
)
@click.option("--rescan-unanalysed", is_flag=True, help="Try again all that was not analysed, whatever the reason.")
@choosing_options
@click.option(
    "--jsonl",
    metavar="OUT",
    help="At the end, write the ledger's rows of this mode to OUT as JSON lines. -: to standard output, as they come.",
)
@click.option("--fail-on-found", is_flag=True, help="End with 1 when ID cards were found.")
@click.option("--strict", is_flag=True, help="With --fail-on-found: suspects count as found, too.")
def scan(
    store: str,
    ledger: Path | None,
    workers: int | None,
    mode: str,
    retry_failed: bool,
    rescan_unanalysed: bool,
    selection: Selection,
    options: StoreOptions,
    jsonl: str | None,
    fail_on_found: bool,
    strict: bool,
) -> int:
    """Find the Thai ID cards in STORE: a directory, a bucket (s3://BUCKET/PREFIX, gs://…, az://…), a file list
    (@list.txt), or - for a list on standard input.

    Kill it at any time; the same command goes on where it stopped. Ctrl-C once finishes what is in flight, twice stops
    now. STORE is never written to.
    A list on standard input has no ledger of its own: name one with --ledger.
    Exit code: 0 complete, 1 found (with --fail-on-found), 2 wrong usage or set-up, 3 not everything was analysed,
    130 interrupted.
    """
    from thaiid_detect.cli.closing import Closing
    from thaiid_detect.cli.progress import progress
    from thaiid_detect.engine import scan_store
    from thaiid_detect.ledger import LedgerView
    from thaiid_detect.number import load_person_key
    from thaiid_detect.sources import open_source

    source = open_source(store, selection=selection, options=options)
    keep_out_of_the_store(source, jsonl, ledger)
    say_if_there_is_one_reader_only()
    streaming = jsonl == "-"
    closing = Closing(to_stderr=streaming)
    with nullcontext() if jsonl is None else Output(jsonl) as out:

        def tell(row: Mapping[str, Any]) -> None:
            closing.note(row)
            if streaming and out is not None:
                out.write_now(row)

        with (
            progress(source) as on_progress,
            scan_store(
                source,
                ledger=ledger,
                workers=workers,
                mode=Mode(mode),
                person_key=load_person_key(),
                retry_failed=retry_failed,
                rescan_unanalysed=rescan_unanalysed,
                on_progress=on_progress,
                on_known=tell,
                known_clear=streaming,
            ) as running,
        ):
            with heeding_ctrl_c(running.stop, running.ledger_path):
                for outcome in running:
                    tell(outcome.to_dict())
                if not running.summary.ended:  # it was stopped
                    raise KeyboardInterrupt  # through `out`, which leaves what lay there before
            if out is not None and not streaming:  # all are there, in order, however often the scan was interrupted
                with LedgerView(running.ledger_path) as view:
                    write_rows(view.rows(running.fingerprint), out)
    closing.show(running.summary, running.ledger_path)
    return running.summary.exit_code(fail_on_found=fail_on_found, strict=strict)
