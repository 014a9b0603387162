"""What can be shown later of a case folder: its last result, exhibits, that nothing changed, and since when."""

from __future__ import annotations

import base64
import hashlib
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ipattr.casework.folders import no_clock
from ipattr.casework.inquiry import kept_answers
from ipattr.casework.lookups import recipe_of, work_out_again
from ipattr.errors import UnreadableError, UsageError
from ipattr.inputs import unopened
from ipattr.store import open_case
from ipattr.store import verify as verify_folder
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.casework.inquiry import Going
    from ipattr.model import Answer, Case, JournalEntry, KeptObserved, KeptResult, StampInfo, Verification
    from ipattr.registry import Registry
    from ipattr.renderers.exhibits import Exhibit, Head
    from ipattr.store import CaseFolder


def last_result(folder: Path) -> Case:
    """Return the last result that a case folder keeps; raise UsageError when it keeps none."""
    from ipattr.renderers.json import load

    with open_case(folder, clock=no_clock, tool_version=__version__, readonly=True) as kept:
        result = _last(kept)
        return load(kept.read(result.file), where=f"{folder}/{result.file.path}")


def journal_of(folder: Path, *, egress: bool) -> tuple[JournalEntry, ...]:
    """Return the journal of a folder, or of it the queries that left."""
    with open_case(folder, clock=no_clock, tool_version=__version__, readonly=True) as kept:
        return kept.egress() if egress else kept.entries()


def _last(folder: CaseFolder) -> KeptResult:
    results = folder.results()
    if not results:
        raise UsageError(
            ja="この事件フォルダーにはまだ結果がない。先に ipattr lookup … --case を実行されたい。",
            en="This case folder holds no result yet; run `ipattr lookup … --case` first.",
            where=str(folder.path),
        )
    return results[-1]


class Behind(NamedTuple):
    """The last result of a case folder with what stands behind it: the answers it rests on, and the journal's head."""

    case: Case
    exhibits: tuple[Exhibit, ...]
    head: Head


def behind(folder: Path, *, registry: Registry) -> Behind:
    """Return the last result of a folder and the answers it rests on, in the order of the rows they serve.

    Raise StoreError, and UsageError when the folder holds no result.
    """
    from ipattr.renderers.exhibits import Exhibit, Head
    from ipattr.renderers.json import load

    with open_case(folder, clock=no_clock, tool_version=__version__, readonly=True) as kept:
        result = _last(kept)
        case = load(kept.read(result.file), where=f"{folder}/{result.file.path}")
        answers = kept_answers(kept, result.evidence)
        rows = _rows_by_answer(case, answers)
        exhibits = []
        for answer in sorted((one for one in answers if one.name in rows), key=lambda one: (rows[one.name], one.name)):
            operator, country = _server(answer, registry)
            body = kept.body(answer.name)
            exhibits.append(
                Exhibit(answer=answer, body=body, rows=rows[answer.name], operator=operator, country=country)
            )
        last = kept.entries()[-1]
    return Behind(case, tuple(exhibits), Head(seq=last.seq, hash=last.hash, at=last.at))


def exhibits_of(
    folder: Path,
    *,
    lang: str,
    first_number: int | None,
    branch_of: int | None,
    party: str,
    registry: Registry,
) -> str:
    """Return the answers that the last result of a folder rests on as exhibits, in the order of the rows they serve."""
    from ipattr.renderers.exhibits import render

    found = behind(folder, registry=registry)
    if not found.exhibits:
        raise UsageError(
            ja="この結果の根拠になった登録機関の回答がない。先に ipattr lookup … --case DIR --online を実行されたい。",
            en="No registry answer stands behind this result; run `ipattr lookup … --case DIR --online` first.",
            where=str(folder),
        )
    return render(
        found.exhibits,
        head=found.head,
        lang=lang,
        tool_version=__version__,
        first_number=first_number,
        branch_of=branch_of,
        party=party,
    )


def _rows_by_answer(case: Case, answers: Sequence[Answer]) -> dict[str, tuple[int, ...]]:
    """Return, for each answer that a row rests on, the numbers of those rows.

    That an answer found nothing, which AS announces the address, and a history are what a row rests on too; a question
    that brought no answer is none.
    """
    rows: dict[str, tuple[int, ...]] = {}
    direct: dict[str, list[str]] = {}
    for answer in answers:
        if answer.reply.status in {"found", "not-found"} and answer.exchange.question.kind != "ptr":
            direct.setdefault(answer.exchange.question.subject, []).append(answer.name)
    for row in case.rows:
        registration = case.registrations.get(row.registration)
        if registration is None:
            continue
        views = [view.evidence for view in registration.views]
        for name in dict.fromkeys([*views, *direct.get(registration.address, ())]):
            rows[name] = (*rows.get(name, ()), row.number)
    return rows


def _server(answer: Answer, registry: Registry) -> tuple[str, str]:
    server = registry.servers.get(answer.exchange.server)
    return (server.operator, server.country) if server is not None else ("", "")


def check(folder: Path, *, head: str | None, registry: Registry) -> Verification:
    """Recompute every hash of a folder and every result that this version can make again; nothing is written to it."""

    @cache
    def kept() -> CaseFolder:  # once, whatever there is to be made again: the journal of a ledger is long
        return open_case(folder, clock=no_clock, tool_version=__version__, readonly=True)

    def again(result: KeptResult) -> bytes:
        with tempfile.TemporaryDirectory() as scratch:
            return _again(kept(), result, registry=registry, scratch=Path(scratch))

    def read_again(entry: KeptObserved, data: bytes) -> bytes:
        from ipattr.casework.taking import reread

        return reread(kept(), entry, data)

    return verify_folder(folder, recompute=again, reread=read_again, expected_head=head or "")


def _again(kept: CaseFolder, result: KeptResult, *, registry: Registry, scratch: Path) -> bytes:
    """Make one result anew; raise UsageError where another version of tool or data made it."""
    from ipattr.renderers.json import load

    recipe = recipe_of(result)
    if (recipe.tool_version, recipe.data_version) != (__version__, registry.data_version):
        raise UsageError(
            ja=f"ipattr {recipe.tool_version}・データ {recipe.data_version} による結果で、"
            f"ここにあるのは {__version__}・{registry.data_version} なので、作り直して比べることはできない。",
            en=f"It was made by ipattr {recipe.tool_version} with data {recipe.data_version}; here are {__version__} "
            f"and {registry.data_version}, so it cannot be made again and compared.",
            where=result.file.path,
        )
    stored = load(kept.read(result.file), where=result.file.path)
    return work_out_again(kept, recipe, stored, evidence=result.evidence, registry=registry, scratch=scratch)


def stamp(
    folder: Path, *, going: Going, tsa: str | None, response: Path | None, roots: Path | None
) -> StampInfo | Path:
    """Write a request to stamp the journal's head, or have it stamped, or take in a response to the written request.

    The written request lies beside the folder, as ``<folder>.tsq``.
    """
    from ipattr.store import read_stamp, stamp_request

    if tsa is not None and response is not None:
        raise UsageError(
            ja="--tsa と --response はどちらか一方を指定する。", en="Name either --tsa or --response, not both."
        )
    trusted = [_read(roots)] if roots is not None else []
    # ``.`` and ``..`` have no name that a file beside them could bear.
    place = folder if folder.name not in {"", ".."} else folder.resolve()
    waiting = place.with_name(f"{place.name}.tsq")
    if response is None and tsa is None:
        with open_case(folder, clock=going.clock, tool_version=__version__, readonly=True) as kept:
            _write_private(waiting, stamp_request(kept.head))
        return waiting
    with open_case(folder, clock=going.clock, tool_version=__version__) as kept:
        if response is not None:
            request, answer = _read(waiting), _read(response)
            info = read_stamp(request, answer, roots=trusted)
            head = _head_of(kept, info.imprint)
        else:
            head = kept.head
            request = stamp_request(head)
            answer = _sent(tsa or "", head, request, kept=kept, going=going)
            info = read_stamp(request, answer, head=head, roots=trusted)
        kept.add_stamp(request, answer, head=head)
    return info


def _head_of(kept: CaseFolder, imprint: str) -> str:
    """Return the line of the journal that was stamped; raise UnreadableError for a stamp of something else."""
    for entry in reversed(kept.entries()):
        if hashlib.sha256(entry.hash.encode("ascii")).hexdigest() == imprint:
            return entry.hash
    raise UnreadableError(
        ja="この時刻認証は、この事件の記録のどの行についてのものでもない。",
        en="This time stamp is of no line of this case's journal.",
    )


def _sent(tsa: str, head: str, request: bytes, *, kept: CaseFolder, going: Going) -> bytes:
    """Send a request to a time-stamping authority, journalled like every query, and return the response."""
    from ipattr.sources.direct import direct_request, fetch_now
    from ipattr.sources.live import live

    asked = direct_request(tsa, kind="timestamp", subject=head, payload=base64.b64encode(request).decode())
    transport = live(clock=going.clock, tool_version=going.tool_version)
    return fetch_now(asked, transport=transport, ledger=kept).body


def _write_private(path: Path, data: bytes) -> None:
    import os

    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise unopened(error, str(path)) from None
