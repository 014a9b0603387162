"""The verbs of the package: each command of the command line is one of these functions, under the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from ipattr.model import Case, Finding, Reading
    from ipattr.registry.status import TableStatus

STDIN = "-"
Epoch = Literal["s", "ms"]


def lookup(  # noqa: PLR0913 - one argument per option
    inputs: Sequence[str | Path],
    *,
    as_of: date,
    posts: Sequence[str | Path] = (),
    platform: str = "x",
    tz: str | None = None,
    posts_tz: str | None = None,
    epoch: Epoch | None = None,
    encoding: str | None = None,
    form: str | None = None,
    mapping: str | Mapping[str, str] | None = None,
    memory: Path | None = None,
    data: Path | None = None,
    stdin: BinaryIO | None = None,
    as_of_source: Literal["given", "clock"] = "given",
) -> Case:
    """Read disclosed logs and bare addresses and return the case: every verdict on every login.

    ``inputs`` are files, addresses, or ``-`` for ``stdin``; ``as_of`` is the JST date that deadlines are judged on.
    ``tz`` declares the zone of log times that carry none, ``posts_tz`` that of post times; ``mapping`` is
    ``time=…,ip=…``; ``memory`` is the file of remembered mappings (none when None); ``data`` another ``data/`` folder.
    Raise UsageError, InputError or DataError.
    """
    from ipattr.case import build_case  # noqa: PLC0415 - the verbs share one module, not their imports
    from ipattr.inputs import Declared, find_platform, read_logs, read_posted  # noqa: PLC0415 - the verbs share one module, not their imports
    from ipattr.registry import open_registry  # noqa: PLC0415 - the verbs share one module, not their imports

    registry = open_registry(data)
    known = find_platform(registry, platform)
    declared = Declared(tz=tz, epoch=epoch, encoding=encoding, form=form, mapping=mapping, memory=memory)
    reading = read_logs(inputs, declared=declared, platform=known, registry=registry, stdin=stdin)
    posted = None
    if posts:
        declared = Declared(tz=posts_tz, encoding=encoding, memory=memory)
        posted = read_posted(posts, declared=declared, platform=known, registry=registry, stdin=stdin)
    return build_case(reading, posted, registry=registry, platform=platform, as_of=as_of, as_of_source=as_of_source)


def read(  # noqa: PLR0913 - one argument per option
    inputs: Sequence[str | Path],
    *,
    kind: Literal["log", "posts"] = "log",
    platform: str = "x",
    tz: str | None = None,
    epoch: Epoch | None = None,
    encoding: str | None = None,
    form: str | None = None,
    mapping: str | Mapping[str, str] | None = None,
    memory: Path | None = None,
    data: Path | None = None,
    stdin: BinaryIO | None = None,
) -> Reading:
    """Read disclosed logs (or, as ``kind`` says, posts) and return what was read and what was not, without look-up.

    The arguments are those of ``lookup``. Raise UsageError, InputError or DataError.
    """
    from ipattr.inputs import Declared, find_platform, read_logs, read_posted  # noqa: PLC0415 - the verbs share one module, not their imports
    from ipattr.registry import open_registry  # noqa: PLC0415 - the verbs share one module, not their imports

    registry = open_registry(data)
    known = find_platform(registry, platform)
    declared = Declared(tz=tz, epoch=epoch, encoding=encoding, form=form, mapping=mapping, memory=memory)
    if kind == "log":
        return read_logs(inputs, declared=declared, platform=known, registry=registry, stdin=stdin)
    return read_posted(inputs, declared=declared, platform=known, registry=registry, stdin=stdin)


def explain(
    result: Case | str | Path,
    row: int,
    *,
    lang: str = "ja",
    columns: int = 100,
    data: Path | None = None,
    stdin: BinaryIO | None = None,
) -> str:
    """Return the way of one row (number as printed, from 1): raw cell, normalised, matched prefix, rule, source.

    ``result`` is a case or the JSON file of one; the titles of sources come from ``data``, another ``data/`` folder
    when given. Raise InputError, DataError, and UsageError when there is no such row.
    """
    from ipattr.registry import open_registry  # noqa: PLC0415 - the verbs share one module, not their imports
    from ipattr.renderers.explain import explain as explained  # noqa: PLC0415 - as above

    case = _case(result, stdin)
    return explained(case, row, lang=lang, columns=columns, citations=open_registry(data).citations)


def report(
    result: Case | str | Path,
    *,
    to: str = "table",
    lang: str = "ja",
    color: bool = False,
    columns: int = 120,
    pretty: bool = False,
    stdin: BinaryIO | None = None,
) -> str:
    """Return a case in another format (``table``, ``json``, ``jsonl``, ``csv``), without another look-up.

    ``result`` is a case or the JSON file of one. Raise InputError, and UsageError for an unknown format.
    """
    from ipattr.renderers import render  # noqa: PLC0415 - the verbs share one module, not their imports

    return render(_case(result, stdin), to=to, lang=lang, color=color, columns=columns, pretty=pretty)


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a case."""
    from ipattr.renderers.json import schema as case_schema  # noqa: PLC0415 - the verbs share one module, not their imports

    return case_schema()


def data_check(data: Path | None = None, *, as_of: date | None = None) -> tuple[Finding, ...]:
    """Return what the linter finds in ``data/``; empty when it is sound. Raise DataError where it cannot be loaded.

    The examples of the providers are run; the calendar is judged on ``as_of``, on its own date when None.
    """
    from ipattr.attribution import attribute  # noqa: PLC0415 - the verbs share one module, not their imports
    from ipattr.checks import check_data  # noqa: PLC0415 - the verbs share one module, not their imports
    from ipattr.registry import load_sources, open_registry  # noqa: PLC0415 - the verbs share one module, not their imports

    sources = load_sources(data)
    registry = open_registry(data)
    return check_data(
        sources,
        attribute=lambda address, hostname: attribute(address, facts=registry, hostname=hostname),
        as_of=as_of,
    )


def data_status(data: Path | None = None, *, as_of: date) -> tuple[TableStatus, ...]:
    """Return one row per table of ``data/``: rows, source, date, licence, SHA-256, age in days on ``as_of``."""
    from ipattr.registry import data_status as table_status  # noqa: PLC0415 - the verbs share one module, not their imports

    return table_status(data, as_of=as_of)


def data_readme(data: Path | None = None) -> str:
    """Return the text of ``data/README.md``, written from the schemas and tables as they are. Raise DataError."""
    from ipattr.registry import describe  # noqa: PLC0415 - the verbs share one module, not their imports

    return describe(data)


def _case(result: Case | str | Path, stdin: BinaryIO | None) -> Case:
    from ipattr.model import Case as Document  # noqa: PLC0415 - the verbs share one module, not their imports

    return result if isinstance(result, Document) else load_case(str(result), stdin=stdin)


def load_case(path: str, *, stdin: BinaryIO | None = None) -> Case:
    """Read the JSON of a case from a file or (``-``) from ``stdin``; raise InputError naming what does not fit."""
    from pathlib import Path as File  # noqa: PLC0415 - the verbs share one module, not their imports

    from ipattr.errors import InputError  # noqa: PLC0415 - the verbs share one module, not their imports
    from ipattr.renderers.json import load  # noqa: PLC0415 - the verbs share one module, not their imports

    try:
        data = stdin.read() if path == STDIN and stdin is not None else File(path).read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(ja=f"開けない({reason})。", en=f"It cannot be opened ({reason}).", where=path) from None
    return load(data, where=path)
