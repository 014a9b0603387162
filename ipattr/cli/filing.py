"""What is asked of ``ipattr report --to``, and what is said once the documents are in their folder."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from ipattr import console
from ipattr.cli.pieces import given, one_line, today
from ipattr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.cli.page import Page
    from ipattr.renderers.filings.files import Kind
    from ipattr.renderers.filings.material import Filing, MaskItem

NUMBERING = ("--number", "--branch-of", "--party")
PAPERS = ("--dated", "--dates", "--full-width", "--for", "--mask", *NUMBERING)
FILING = (*PAPERS[: -len(NUMBERING)], "--template", "--overwrite")
_BETWEEN = re.compile(r"[\s,、，]+")


def kinds(text: str | None) -> tuple[Kind, ...]:
    """Return the kinds of a list as people type it; raise UsageError for one that is none."""
    from ipattr.renderers.filings.files import refuse_unknown

    if text is None:
        return ()
    chosen = tuple(filter(None, _BETWEEN.split(text.lower())))
    return refuse_unknown(chosen)


def several(texts: Sequence[str], option: str) -> tuple[str, ...]:
    """Return the ids of an option that may stand several times, each with one id or a list of them."""
    found = tuple(part for text in texts for part in _BETWEEN.split(text.strip()))
    if not all(found):
        raise UsageError(
            ja="ID がない。カンマで並べるか、繰り返して指定されたい。",
            en="An id is missing; join ids by commas, or repeat the option.",
            where=option,
        )
    return found


def masked(text: str | None) -> list[MaskItem] | None:
    """Return what the copy for the opinion inquiry hides, None where nothing was said; raise UsageError."""
    from ipattr.renderers.filings.material import MaskItem as Item

    if text is None:
        return None
    items = list(filter(None, _BETWEEN.split(text.lower())))
    if items == ["none"]:
        return []
    unknown = [item for item in items if item not in get_args(Item)]
    if unknown or not items:
        known = ",".join(get_args(Item))
        raise UsageError(
            ja=f"--mask は {known} から選ぶか none とする({','.join(unknown) or '指定なし'})。",
            en=f"--mask takes {known}, or none; not {','.join(unknown) or 'nothing'}.",
        )
    return [item for item in get_args(Item) if item in items]


def refuse_contradictions(chosen: Sequence[Kind], *, asked: bool, exhibits: bool, output: str | None) -> None:
    """Raise UsageError for options that belong to another form of ``report`` than the one asked for."""
    if asked:
        _refuse_beside_kinds(chosen, output)
        return
    if idle := given(FILING):
        raise UsageError(ja=f"{'、'.join(idle)} は --to とともに使う。", en=f"{', '.join(idle)}: only with --to.")
    if not exhibits and (idle := given(NUMBERING)):
        raise UsageError(
            ja=f"{'、'.join(idle)} は --exhibits か --to とともに使う。",
            en=f"{', '.join(idle)}: only with --exhibits or --to.",
        )
    kind = _suffix(output)
    if kind and not exhibits and not given(("--format",)):
        raise UsageError(
            ja=f"{kind} は --to {kind} で作る。-o には文書を入れるフォルダーを指定されたい。",
            en=f"{kind} is made by --to {kind}; -o then names a folder for the documents.",
            where=output or "",
        )


def _refuse_beside_kinds(chosen: Sequence[Kind], output: str | None) -> None:
    from ipattr.renderers.filings.files import PAPER

    if idle := given(("--format", "--exhibits", "--pretty")):
        raise UsageError(
            ja=f"{'、'.join(idle)} は --to とともには使えない。", en=f"{', '.join(idle)}: not together with --to."
        )
    if output in {None, "", "-"}:
        raise UsageError(
            ja="--to には、文書を入れるフォルダーが要る(-o DIR)。", en="--to needs a folder for the documents (-o DIR)."
        )
    if _suffix(output):
        raise UsageError(
            ja="--to の出力先はフォルダーである。ファイルの名前ではなく、フォルダーの名前を指定されたい。",
            en="With --to, -o names a folder, not a file.",
            where=output or "",
        )
    if not set(chosen).intersection(PAPER) and (idle := given(PAPERS)):
        raise UsageError(
            ja=f"{'、'.join(idle)} は Word と PDF だけに効く。--to に docx か pdf を加えるか、外されたい"
            "(表・頁・カレンダーには、いつも全部が入る)。",
            en=f"{', '.join(idle)}: only for Word and PDF; add docx or pdf to --to, or leave it out "
            "(tables, page and calendar always hold everything).",
        )


def _suffix(output: str | None) -> str:
    """Return the kind of document that an output is named like, empty when it is like none."""
    from ipattr.renderers.filings.files import KINDS

    suffix = Path(output or "").suffix.lower().removeprefix(".")
    # A file .md is one of the other formats of this and of other commands.
    return suffix if suffix in KINDS and suffix != "md" else ""


def deliver(made: Filing, *, page: Page, output: str, overwrite: bool) -> int:
    """Write the files and name each on standard output; say on standard error what was read and what to mind."""
    from ipattr.cli.folder import write_folder

    done = write_folder(output, made.files, overwrite=overwrite)
    console.write("".join(f"{line}\n" for line in done.written))
    code = page.conclude(made.case)
    for line in _remarks(made, lang=page.lang, stale=done.stale):
        console.say(one_line(line))
    console.say(one_line(f"{output}: {_summed(made, page.lang)}"))
    return code


def _remarks(made: Filing, *, lang: str, stale: Sequence[str]) -> Iterator[str]:
    ja, case = lang == "ja", made.case
    if stale:
        named = ", ".join(stale)
        yield (
            f"以前の出力のうち、今回は作られなかった文書が残っている: {named}"
            if ja
            else f"Documents of an earlier run that were not made this time are still there: {named}"
        )
    if made.data_version != case.data_version:
        yield (
            f"判定と期限はデータ版 {case.data_version} による。名称・住所・出典と同梱の表は {made.data_version}。"
            "新しい表で判定し直すには、ipattr lookup から行う。"
            if ja
            else f"Verdicts and deadlines rest on data version {case.data_version}; names, addresses and sources are "
            f"of {made.data_version}. For verdicts by the new tables, run ipattr lookup again."
        )
    if case.as_of != today():
        yield (
            f"基準日 {case.as_of} は今日ではない。残日数と経過の別は、すべて基準日のものである。"
            if ja
            else f"The as-of date {case.as_of} is not today: days left, and what has passed, are those of that date."
        )
    whole = [file.path for file in made.files if "/" not in file.path and not file.path.startswith("00_")]
    if whole and given(("--for",)):
        named = ", ".join(whole)
        yield (
            f"--for は Word と PDF だけに効く。全部の請求先が入っている: {named}"
            if ja
            else f"--for is for Word and PDF alone; every addressee stands in: {named}"
        )


def _summed(made: Filing, lang: str) -> str:
    """Return how many files of which kind there are, and for how many addressees."""
    from ipattr.renderers.filings.files import PAPER

    ja = lang == "ja"
    counts = Counter(Path(file.path).suffix.removeprefix(".") for file in made.files)
    each = ("、" if ja else ", ").join(f"{kind} {count}" for kind, count in counts.items())
    told = f"{len(made.files)}件({each})" if ja else f"{len(made.files)} files ({each})"
    if not set(counts).intersection(PAPER):
        return told + ("。" if ja else ".")
    sets = len({Path(file.path).parent for file in made.files if "/" in file.path})
    if not sets:
        return told + (
            "。請求先の定まったログインがないので、請求先ごとの文書はない。"
            if ja
            else ". No login has an addressee, so there are no documents per addressee."
        )
    return told + (f"、請求先 {sets}。" if ja else f", {sets} addressees. Word and PDF are in Japanese.")
