"""What every filing is made from, and the stamp that every exported table carries."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - the annotations of a NamedTuple are read at run time
from datetime import date  # noqa: TC003
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.renderers.view import total
from ipattr.renderers.words import conservation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Calendar, Case, Citation, InformationSheet, Platform, Provider, RankedLogin
    from ipattr.renderers.exhibits import Exhibit, Head

MaskItem = Literal["ip", "port", "destination", "account", "url"]
MASKED: tuple[MaskItem, ...] = ("ip", "port", "destination", "account")
"""What the copy for the opinion inquiry hides unless said otherwise."""


class Facts(NamedTuple):
    """The facts of ``data/`` that filings name: never a verdict, those stand in the case."""

    providers: Mapping[str, Provider]
    platforms: Mapping[str, Platform]
    citations: Mapping[str, Citation]
    sheets: tuple[InformationSheet, ...]
    calendar: Calendar
    data_version: str


class Material(NamedTuple):
    """A case with what stands behind it.

    ``exhibits`` are the registry answers a case folder keeps (none for a case from a JSON file); ``head`` the last
    line of its journal, None where there is no case folder. ``source`` is the name of the folder or file.
    """

    case: Case
    facts: Facts
    ranking: tuple[RankedLogin, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    head: Head | None = None
    source: str = ""


class Wish(NamedTuple):
    """How the documents are to be written.

    ``dated`` is the date they bear; ``dates`` the style of dates; ``full_width`` writes times and addresses in
    full-width characters. Exhibit numbers run from ``first_number`` (None: a blank ●), as branches of ``branch_of``
    where given, with the letter ``party``. ``only`` limits the addressees to these provider ids (empty: all).
    ``mask`` is what the masked copy hides. ``template`` is an office's own Word file (its bytes), for the schedules.
    """

    dated: date
    dates: Literal["western", "reiwa"] = "reiwa"
    full_width: bool = False
    party: str = "甲"
    first_number: int | None = None
    branch_of: int | None = None
    only: tuple[str, ...] = ()
    mask: tuple[MaskItem, ...] = MASKED
    template: bytes | None = None
    template_name: str = ""


class FilingFile(NamedTuple):
    """One file to be written: its path below the output folder (``/`` between parts) and its bytes."""

    path: str
    data: bytes


class Filing(NamedTuple):
    """The files of a filing, the case that they were made of, and the version of the data they name things by."""

    files: tuple[FilingFile, ...]
    case: Case
    data_version: str


def stamp(material: Material, lang: str) -> Iterator[tuple[str, str]]:
    """Yield label and value of everything that an exported table must carry."""
    case, ja = material.case, lang == "ja"
    yield ("入力の行数" if ja else "Rows of the logs", conservation(*total(case.counts), lang=lang))
    if case.post_counts is not None:
        yield ("投稿の行数" if ja else "Rows of the posts", conservation(*total(case.post_counts), lang=lang))
    yield ("基準日" if ja else "As of", case.as_of.isoformat())
    yield ("データ版" if ja else "Data version", case.data_version)
    if material.facts.data_version != case.data_version:
        yield (
            "名称・住所・出典のデータ版" if ja else "Data version of names, addresses, sources",
            material.facts.data_version,
        )
    yield ("作成" if ja else "Made with", _made(case.tool_version, ja=ja))
    yield ("記録の先端" if ja else "Journal head", _head(material, ja=ja))


def stamp_line(material: Material, lang: str) -> str:
    """Return the stamp as one line, for footers and captions; the head of the journal whole."""
    return ("　" if lang == "ja" else " · ").join(f"{label}: {value}" for label, value in stamp(material, lang))


def inputs(material: Material) -> Iterator[tuple[str, str, str]]:
    """Yield name, SHA-256 and rows of every input file, logs first."""
    for entry in (*material.case.inputs, *material.case.post_inputs):
        yield entry.name, entry.sha256, str(entry.counts.rows)


def _made(judged: str, *, ja: bool) -> str:
    from ipattr.version import __version__

    if judged == __version__:
        return f"ipattr {judged}"
    if ja:
        return f"判定 ipattr {judged}、この書面の作成 ipattr {__version__}"
    return f"judged by ipattr {judged}, printed by ipattr {__version__}"


def _head(material: Material, *, ja: bool) -> str:
    if material.head is None:
        return "事件フォルダーなし" if ja else "no case folder"
    return f"{material.head.hash}（第{material.head.seq}記録）" if ja else f"{material.head.hash} ({material.head.seq})"
