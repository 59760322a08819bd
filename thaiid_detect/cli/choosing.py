"""The options of `scan` that say which files of a store are looked at, and how a bucket is reached."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

__all__ = ["choosing_options"]


class _Date(click.ParamType[Any]):
    """A day, or a time, ISO 8601; UTC unless it says otherwise."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            date = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date. Write 2018-04-12 or 2018-04-12T09:00+07:00", param, ctx)
        return date if date.tzinfo else date.replace(tzinfo=UTC)


class _Share(click.ParamType[Any]):
    name = "SHARE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        number = str(value).removesuffix("%")
        try:
            return float(number) / (100 if number != value else 1)
        except ValueError:
            self.fail(f"{value!r} is no share. Write 1% or 0.01", param, ctx)


_OPTIONS = (
    click.option(
        "--include",
        multiple=True,
        metavar="GLOB",
        help="Only files that match one of these: '*.jpg', a folder's name, or '2016/*' (the path in the store).",
    ),
    click.option("--exclude", multiple=True, metavar="GLOB", help="Not files that match one of these."),
    click.option("--hidden/--no-hidden", default=True, help="Also names that start with a dot; default: everything."),
    click.option("--follow-symlinks", is_flag=True, help="Also the folders that links lead to, each once."),
    click.option("--one-file-system", is_flag=True, help="Not the folders where another file system is mounted."),
    click.option("--since", type=_Date(), help="Only files modified on that day (UTC) or later."),
    click.option("--limit", type=click.IntRange(min=1), metavar="N", help="No more than the first N files."),
    click.option("--sample", type=_Share(), default=1.0, help="Only that share of the files, always the same: 1%."),
    click.option("--anonymous", is_flag=True, help="Buckets: ask without credentials, as a stranger would."),
    click.option("--endpoint", metavar="URL", help="Buckets: the server, where it is not the provider's own."),
    click.option("--region", metavar="NAME", help="S3: the bucket's region; default: AWS_REGION, then us-east-1."),
)


def choosing_options(verb: Callable[..., int]) -> Callable[..., int]:
    """Gives `verb` these options as two arguments: `selection` and `options`."""

    @functools.wraps(verb)
    def choose(
        *,
        include: tuple[str, ...],
        exclude: tuple[str, ...],
        hidden: bool,
        follow_symlinks: bool,
        one_file_system: bool,
        since: datetime | None,
        limit: int | None,
        sample: float,
        anonymous: bool,
        endpoint: str | None,
        region: str | None,
        **others: Any,
    ) -> int:
        from thaiid_detect.sources import Selection, StoreOptions

        selection = Selection(
            include=include,
            exclude=exclude,
            hidden=hidden,
            follow_symlinks=follow_symlinks,
            one_file_system=one_file_system,
            since=since,
            limit=limit,
            sample=sample,
        )
        return verb(selection=selection, options=StoreOptions(anonymous, endpoint, region), **others)

    return functools.reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), choose)
