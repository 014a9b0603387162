"""The files of a filing: which documents in which formats, under which names."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal, get_args

from ipattr.errors import UsageError
from ipattr.renderers.filings.material import FilingFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ipattr.renderers.filings.blocks import Document
    from ipattr.renderers.filings.material import Material, Wish

Kind = Literal["docx", "pdf", "xlsx", "html", "md", "ics"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PAPER: frozenset[Kind] = frozenset({"docx", "pdf"})
"""The kinds that are sets of documents per addressee; the others are one file with everything."""
_SINGLE: dict[Kind, str] = {"xlsx": "tables.xlsx", "html": "report.html", "md": "report.md", "ics": "deadlines.ics"}


def refuse_unknown(kinds: Sequence[str]) -> tuple[Kind, ...]:
    """Return the kinds; raise UsageError for one that is none, and where there are none."""
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds:
        raise UsageError(
            ja=f"--to は {','.join(KINDS)} から選ぶ({','.join(unknown) or '指定なし'})。",
            en=f"--to takes {','.join(KINDS)}, not {','.join(unknown) or 'nothing'}.",
        )
    return tuple(kind for kind in KINDS if kind in kinds)


def files(
    material: Material,
    wish: Wish,
    *,
    kinds: Sequence[Kind],
    lang: str,
    told: Callable[[int, int, str], object] | None = None,
) -> Iterator[FilingFile]:
    """Yield every file of the kinds asked for, papers first; ``told`` is told of each before it is made.

    It is told how many are made, how many there will be, and the path. Raise UsageError for a kind that is none, or a
    template without Word.
    """
    chosen = refuse_unknown(kinds)
    if wish.template is not None and "docx" not in kinds:
        raise UsageError(
            ja="--template は --to docx とともに使う。", en="--template is for --to docx.", where=wish.template_name
        )
    jobs = list(_jobs(material, wish, chosen, lang))
    for number, (path, make) in enumerate(jobs):
        if told is not None:
            told(number, len(jobs), path)
        yield FilingFile(path, make())


def _jobs(
    material: Material, wish: Wish, chosen: Sequence[Kind], lang: str
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the path of each file and how it is made."""
    from ipattr.renderers.filings.documents import documents

    papers = documents(material, wish) if PAPER.intersection(chosen) else ()
    for kind in chosen:
        if kind in _SINGLE:
            yield _SINGLE[kind], partial(_single, material, kind, lang)
            continue
        make = partial(_pdf, wish) if kind == "pdf" else _word(material, wish)
        for document in papers:
            yield "/".join(filter(None, (document.folder, f"{document.stem}.{kind}"))), partial(make, document)


def _single(material: Material, kind: Kind, lang: str) -> bytes:
    match kind:
        case "xlsx":
            from ipattr.renderers.filings import excel

            return excel.encode(material, lang)
        case "html":
            from ipattr.renderers.filings import html

            return html.encode(material, lang)
        case "md":
            from ipattr.renderers.filings import markdown

            return markdown.encode(material, lang).encode()
        case _:
            from ipattr.renderers.filings import calendar

            return calendar.encode(material, lang)


def _pdf(wish: Wish, document: Document) -> bytes:
    from ipattr.renderers.filings import pdf

    return pdf.encode(document, dated=wish.dated)


def _word(material: Material, wish: Wish) -> Callable[[Document], bytes]:
    """Return how a document becomes a Word file; an office's own template takes the place of the schedules."""
    from ipattr.renderers.filings import word
    from ipattr.renderers.filings.documents import addressees, placeholders

    template = wish.template
    if template is None:
        return word.encode
    own = {one.folder: one for one in addressees(material)}

    def fill(document: Document) -> bytes:
        if document.kind != "schedules":
            return word.encode(document)
        values = placeholders(material, wish, own[document.folder])
        return word.fill(template, values, where=wish.template_name)

    return fill
