"""The verbs of the package: each command of the command line is one of these functions, under the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from ipattr.casework.inquiry import Going
    from ipattr.casework.refreshing import Refreshed
    from ipattr.casework.singles import Told
    from ipattr.model import (
        Case,
        Consent,
        Finding,
        JournalEntry,
        Mode,
        Probe,
        Reading,
        SourceName,
        StampInfo,
        Verification,
    )
    from ipattr.readers.asking import Ask
    from ipattr.readers.document import Document
    from ipattr.readers.forms import FormName
    from ipattr.readers.pasted_pieces import Piece
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
    accept_repairs: bool = False,
    supersedes: Sequence[str | Path] = (),
    memory: Path | None = None,
    data: Path | None = None,
    stdin: BinaryIO | None = None,
    as_of_source: Literal["given", "clock"] = "given",
    ask: Ask | None = None,
    progress: Callable[[str], None] | None = None,
    case: Path | None = None,
    online: bool = False,
    source: Sequence[SourceName] = ("rdap",),
    mode: Mode = "exact",
    probe: Probe = "block",
    max_age: int | None = None,
    refresh: bool = False,
    going: Going | None = None,
) -> Case:
    """Read disclosed logs and bare addresses and return the case: every verdict on every login.

    ``inputs`` are files, addresses, or ``-`` for ``stdin``; ``as_of`` is the JST date that deadlines are judged on.
    ``tz`` declares the zone of log times that carry none, ``posts_tz`` that of post times; ``mapping`` is
    ``time=…,ip=…``; ``memory`` is the file of remembered mappings (none when None); ``data`` another ``data/`` folder.
    ``accept_repairs`` takes the corrections that misrecognised text needs, each marked; ``supersedes`` are older
    disclosures that the inputs replace, compared row by row. ``ask`` puts the question which column is which to a
    person; ``progress`` is told the name of each file.

    ``case`` is a case folder: inputs and result are kept there, and the registry answers it holds stand in the result.
    Only with ``online`` does anything leave: what ``source``, ``mode``, ``probe``, ``max_age`` (days) and ``refresh``
    ask for, once ``going.agree`` has seen the plan and agreed. Raise UsageError, InputError, DataError, StoreError,
    and RefusedError when the plan is not agreed to.
    """
    from ipattr.case import build_case
    from ipattr.inputs import Declared, Material
    from ipattr.registry import open_registry

    registry = open_registry(data)
    declared = Declared(
        tz=tz,
        epoch=epoch,
        encoding=encoding,
        form=form,
        mapping=mapping,
        memory=memory,
        accept_repairs=accept_repairs,
    )
    material = Material(
        inputs=tuple(inputs),
        posts=tuple(posts),
        supersedes=tuple(supersedes),
        platform=platform,
        declared=declared,
        posts_tz=posts_tz,
    )
    if case is None and not online:
        reading, posted = material.read(registry, stdin=stdin, ask=ask, progress=progress)
        return build_case(reading, posted, registry=registry, platform=platform, as_of=as_of, as_of_source=as_of_source)
    from ipattr.casework.inquiry import Wish, require_going
    from ipattr.casework.lookups import Asking, Judged, look_up_in, show_plan

    wish = Wish(sources=tuple(source), mode=mode, probe=probe, max_age=max_age, refresh=refresh) if online else None
    surroundings = require_going(going)
    if case is None or (wish is not None and surroundings.dry_run):
        show_plan(material, wish or Wish(), case=case, registry=registry, going=surroundings, stdin=stdin)
    return look_up_in(
        case,
        material,
        wish=wish,
        registry=registry,
        judged=Judged(as_of, as_of_source),
        going=surroundings,
        stdin=stdin,
        asking=Asking(ask, progress),
    )


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
    accept_repairs: bool = False,
    supersedes: Sequence[str | Path] = (),
    memory: Path | None = None,
    data: Path | None = None,
    stdin: BinaryIO | None = None,
    ask: Ask | None = None,
    progress: Callable[[str], None] | None = None,
) -> Reading:
    """Read disclosed logs (or, as ``kind`` says, posts) and return what was read and what was not, without look-up.

    The arguments are those of ``lookup``. Raise UsageError, InputError or DataError.
    """
    from ipattr.errors import UsageError
    from ipattr.inputs import Declared, find_platform, read_logs, read_posted
    from ipattr.registry import open_registry

    registry = open_registry(data)
    known = find_platform(registry, platform)
    declared = Declared(
        tz=tz,
        epoch=epoch,
        encoding=encoding,
        form=form,
        mapping=mapping,
        memory=memory,
        accept_repairs=accept_repairs,
    )
    if kind == "posts":
        if supersedes:
            raise UsageError(ja="--supersedes はログだけに使える。", en="--supersedes is for logs only.")
        return read_posted(inputs, declared=declared, platform=known, registry=registry, stdin=stdin, progress=progress)
    return read_logs(
        inputs,
        declared=declared,
        platform=known,
        registry=registry,
        stdin=stdin,
        supersedes=supersedes,
        ask=ask,
        progress=progress,
    )


def checking_page(
    inputs: Sequence[str | Path],
    reading: Reading,
    *,
    to: Literal["html", "md"],
    lang: str,
    encoding: str | None = None,
    data: Path | None = None,
) -> str:
    """Return a page that sets each row of the original files beside what ``reading`` holds of them.

    The files are read once more; one that has changed in between is marked on the page by its SHA-256. Raise UsageError
    for standard input, which cannot be read twice.
    """
    from ipattr.errors import UsageError
    from ipattr.readers import load_documents
    from ipattr.readers.sources_of import sources_of
    from ipattr.registry import open_registry
    from ipattr.renderers import source_report
    from ipattr.version import __version__

    if "-" in map(str, inputs):
        raise UsageError(
            ja="標準入力(-)は二度読めないので、--report にはファイルを指定されたい。",
            en="Standard input (-) cannot be read twice; name a file for --report.",
        )
    documents = [document for path in inputs for document in load_documents(str(path), encoding=encoding)]
    sources = [source for document in documents for source in sources_of(document)]
    return source_report.report(
        reading, sources, to=to, lang=lang, tool_version=__version__, data_version=open_registry(data).data_version
    )


def grep(
    inputs: Sequence[str | Path],
    *,
    tz: str | None = None,
    epoch: Epoch | None = None,
    encoding: str | None = None,
    data: Path | None = None,
    stdin: BinaryIO | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Piece, ...]:
    """Return every time, address, port and account of the files, each with its place; nothing is paired.

    Sheets and PDF pages are searched as text. ``tz`` and ``epoch`` as for ``lookup``. Raise UsageError or InputError.
    """
    from ipattr.inputs import Declared
    from ipattr.readers import load_documents
    from ipattr.readers.document import base_name
    from ipattr.readers.pasted import grep as find
    from ipattr.readers.searching import as_text
    from ipattr.registry import open_registry

    registry = open_registry(data)
    options = Declared(tz=tz, epoch=epoch, encoding=encoding).options(None, registry.columns)
    texts: list[Document] = []
    for path in map(str, inputs):
        if progress is not None:
            progress(base_name(path))
        for document in load_documents(path, encoding=encoding, stdin=stdin):
            texts += as_text(document)
    return find(texts, specials=registry.specials, options=options)


def forms() -> tuple[FormName, ...]:
    """Return the forms of disclosure that are read, in the order in which they are tried: name and what it looks like.

    Those of posts stand last.
    """
    from ipattr.readers.forms import form_names

    return form_names()


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
    from ipattr.registry import open_registry
    from ipattr.renderers.explain import explain as explained

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
    from ipattr.renderers import render

    return render(_case(result, stdin), to=to, lang=lang, color=color, columns=columns, pretty=pretty)


def exhibits(
    case: Path,
    *,
    lang: str = "ja",
    first_number: int | None = None,
    party: str = "甲",
    branch_of: int | None = None,
    data: Path | None = None,
) -> str:
    """Return the registry answers that the last result of a case folder rests on as pages for exhibits (HTML, A4).

    ``first_number`` numbers them 甲第N号証 onward, ``branch_of`` makes them branches, 甲第N号証の1 onward. Raise
    StoreError, and UsageError when the folder holds no result or no answer.
    """
    from ipattr.casework.custody import exhibits_of
    from ipattr.registry import open_registry

    return exhibits_of(
        case,
        lang=lang,
        first_number=first_number,
        branch_of=branch_of,
        party=party,
        registry=open_registry(data),
    )


def case_init(folder: Path, *, going: Going, title: str = "", data: Path | None = None) -> None:
    """Make an empty case folder, private to its owner. Raise StoreError where that cannot be."""
    from ipattr.registry import open_registry
    from ipattr.store import create

    create(
        folder,
        title=title,
        clock=going.clock,
        tool_version=going.tool_version,
        data_version=open_registry(data).data_version,
    )


def case_consent(
    folder: Path,
    *,
    purpose: str,
    source: Sequence[SourceName],
    expires: date,
    by: str,
    going: Going,
    mode: Mode | Literal["any"] = "any",
) -> Consent:
    """Record in the journal that queries of this case may leave, for what, to which sources, until when, by whom."""
    from ipattr.model import Consent as Decision
    from ipattr.store import open_case

    decision = Decision(purpose=purpose, sources=tuple(source), mode=mode, expires=expires, by=by)
    with open_case(folder, clock=going.clock, tool_version=going.tool_version) as kept:
        kept.consent(decision)
    return decision


def case_log(folder: Path, *, egress: bool = False) -> tuple[JournalEntry, ...]:
    """Return the journal of a case folder; with ``egress`` only the lines of queries that left."""
    from ipattr.casework.custody import journal_of

    return journal_of(folder, egress=egress)


def case_seal(folder: Path, target: Path, *, going: Going) -> Path:
    """Write a copy of a case folder as a BagIt bag (RFC 8493) to ``target``, and return where it lies."""
    from ipattr.store import seal

    return seal(folder, target, clock=going.clock, tool_version=going.tool_version)


def case_stamp(
    folder: Path, *, going: Going, tsa: str | None = None, response: Path | None = None, roots: Path | None = None
) -> StampInfo | Path:
    """Have the head of a journal time-stamped (RFC 3161).

    With ``tsa`` (an https URL) the request is sent there; with ``response`` a reply obtained elsewhere is taken in;
    with neither the request is written and its path returned. ``roots`` is a PEM file to verify the signature against.
    """
    from ipattr.casework.custody import stamp

    return stamp(folder, going=going, tsa=tsa, response=response, roots=roots)


def verify(folder: Path, *, head: str | None = None, data: Path | None = None) -> Verification:
    """Recompute every hash of a case folder and every kept result, offline, and return each difference by name.

    ``head`` is the journal head that an earlier report printed: it must stand in the chain, or the end was cut off.
    """
    from ipattr.casework.custody import check
    from ipattr.registry import open_registry

    return check(folder, head=head, registry=open_registry(data))


def rdap(
    subjects: Sequence[str],
    *,
    going: Going,
    history: bool = False,
    case: Path | None = None,
    max_age: int | None = None,
    refresh: bool = False,
    data: Path | None = None,
) -> tuple[Told, ...]:
    """Ask RDAP about addresses, prefixes or AS numbers, and return each answer with its raw bytes.

    ``history`` asks for the registrations over time where a registry offers that; ``case`` keeps the answers. Raise
    UsageError for a subject that cannot be asked about, RefusedError for one that must not leave.
    """
    from ipattr.casework.inquiry import Wish
    from ipattr.casework.singles import single
    from ipattr.registry import open_registry

    return single(
        subjects,
        source="rdap",
        history=history,
        case=case,
        wish=Wish(max_age=max_age, refresh=refresh),
        registry=open_registry(data),
        going=going,
    )


def whois(
    subjects: Sequence[str],
    *,
    going: Going,
    source: SourceName = "whois",
    case: Path | None = None,
    max_age: int | None = None,
    refresh: bool = False,
    data: Path | None = None,
) -> tuple[Told, ...]:
    """Ask a WHOIS server (port 43) about addresses, prefixes or AS numbers; as ``rdap``.

    ``source``: ``whois`` the regional registry, ``jpnic`` JPNIC, ``origin`` who announces it, ``ptr`` the reverse name.
    """
    from ipattr.casework.inquiry import Wish
    from ipattr.casework.singles import single
    from ipattr.registry import open_registry

    return single(
        subjects,
        source=source,
        case=case,
        wish=Wish(sources=(source,), max_age=max_age, refresh=refresh),
        registry=open_registry(data),
        going=going,
    )


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a case."""
    from ipattr.renderers.json import schema as case_schema

    return case_schema()


def data_check(data: Path | None = None, *, as_of: date | None = None) -> tuple[Finding, ...]:
    """Return what the linter finds in ``data/``; empty when it is sound. Raise DataError where it cannot be loaded.

    The examples of the providers are run; the calendar is judged on ``as_of``, on its own date when None.
    """
    from ipattr.attribution import attribute
    from ipattr.checks import check_data
    from ipattr.registry import load_sources, open_registry

    sources = load_sources(data)
    registry = open_registry(data)
    return check_data(
        sources,
        attribute=lambda address, hostname: attribute(address, facts=registry, hostname=hostname),
        as_of=as_of,
    )


def data_status(data: Path | None = None, *, as_of: date) -> tuple[TableStatus, ...]:
    """Return one row per table of ``data/``: rows, source, date, licence, SHA-256, age in days on ``as_of``."""
    from ipattr.registry import data_status as table_status

    return table_status(data, as_of=as_of)


def data_refresh(data: Path | None = None, *, going: Going) -> tuple[Refreshed, ...]:
    """Fetch the RDAP bootstrap registries (RFC 9224) and put newer ones in the place of those in ``data/``.

    No disclosed address leaves. Raise RefusedError when the plan is not agreed to, SourceError, InputError when
    ``data/`` cannot be written.
    """
    from ipattr.casework.refreshing import refresh
    from ipattr.registry import find_data, open_registry

    return refresh(find_data(data), registry=open_registry(data), going=going)


def data_readme(data: Path | None = None) -> str:
    """Return the text of ``data/README.md``, written from the schemas and tables as they are. Raise DataError."""
    from ipattr.registry import describe

    return describe(data)


def _case(result: Case | str | Path, stdin: BinaryIO | None) -> Case:
    from ipattr.model import Case as Document

    return result if isinstance(result, Document) else load_case(str(result), stdin=stdin)


def load_case(path: str, *, stdin: BinaryIO | None = None) -> Case:
    """Read a case from a JSON file, from ``stdin`` (``-``), or as the last result of a case folder.

    Raise InputError naming what does not fit, StoreError for a folder that cannot be read.
    """
    from pathlib import Path as File

    from ipattr.inputs import unopened
    from ipattr.renderers.json import load

    if path != STDIN and File(path).is_dir():
        from ipattr.casework.custody import last_result

        return last_result(File(path))
    try:
        data = stdin.read() if path == STDIN and stdin is not None else File(path).read_bytes()
    except OSError as error:
        raise unopened(error, path) from None
    return load(data, where=path)
