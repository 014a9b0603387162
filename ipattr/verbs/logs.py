"""The verbs about disclosed logs and about results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from ipattr.casework.inquiry import Going
    from ipattr.model import Case, Mode, NarrowingStep, Probe, Reading, SourceName
    from ipattr.readers.asking import Ask
    from ipattr.readers.document import Document
    from ipattr.readers.forms import FormName
    from ipattr.readers.pasted_pieces import Piece

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
    ledger: Sequence[Path] = (),
    without: Sequence[NarrowingStep] = (),
) -> Case:
    """Read disclosed logs and bare addresses and return the case: every verdict on every login.

    ``inputs`` are files, addresses, or ``-`` for ``stdin``; ``as_of`` is the JST date that deadlines are judged on.
    ``tz`` declares the zone of log times that carry none, ``posts_tz`` that of post times; ``mapping`` is
    ``time=…,ip=…``; ``memory`` is the file of remembered mappings (none when None); ``data`` another ``data/`` folder.
    ``accept_repairs`` takes the corrections that misrecognised text needs, each marked; ``supersedes`` are older
    disclosures that the inputs replace, compared row by row. ``ask`` puts the question which column is which to a
    person; ``progress`` is told the name of each file.

    ``case`` is a case folder: inputs and result are kept there, and the registry answers it holds stand in the result.
    ``ledger`` are ledgers of the office whose observations stand beside the shipped ones, ``without`` the steps by
    which candidates are not to be narrowed.

    Only with ``online`` does anything leave: what ``source``, ``mode``, ``probe``, ``max_age`` (days) and ``refresh``
    ask for, once ``going.agree`` has seen the plan and agreed. Raise UsageError, InputError, DataError, StoreError,
    and RefusedError when the plan is not agreed to.
    """
    from ipattr.case import Own, build_case
    from ipattr.inputs import Declared, Material
    from ipattr.registry import open_registry

    registry = open_registry(data)
    own = Own(without=tuple(without))
    if ledger:
        from ipattr.casework.ledgers import read_ledgers

        own = own._replace(ledgers=read_ledgers(ledger, platform, registry=registry))
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
        return build_case(
            reading, posted, registry=registry, platform=platform, as_of=as_of, as_of_source=as_of_source, own=own
        )
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
        judged=Judged(as_of, as_of_source, own),
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

    case = case_of(result, stdin)
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

    return render(case_of(result, stdin), to=to, lang=lang, color=color, columns=columns, pretty=pretty)


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


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a case."""
    from ipattr.renderers.json import schema as case_schema

    return case_schema()


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


def case_of(result: Case | str | Path, stdin: BinaryIO | None) -> Case:
    """Return a case as it is, or the one that ``load_case`` reads."""
    from ipattr.model import Case as Document

    return result if isinstance(result, Document) else load_case(str(result), stdin=stdin)
