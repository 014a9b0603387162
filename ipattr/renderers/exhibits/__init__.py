"""Registry answers as exhibits: one HTML document for A4, one numbered section per answer, an index first."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - msgspec resolves annotations at run time
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import AlteredError, UsageError
from ipattr.model import Answer, Record, UtcInstant

if TYPE_CHECKING:
    from ipattr.renderers.exhibits.pages import Row

__all__ = ["Exhibit", "Head", "refuse_numbering", "render"]


LONGEST_PARTY = 4


class Exhibit(Record, frozen=True, kw_only=True):
    """One kept answer with its raw bytes, whose server it was (empty: unknown), and the case rows that rest on it."""

    answer: Answer
    body: bytes
    rows: tuple[int, ...] = ()
    operator: str = ""
    country: str = ""


class Head(Record, frozen=True, kw_only=True):
    """The last entry of the journal when the exhibits were printed."""

    seq: int
    hash: str
    at: UtcInstant | None = None


class Terms(NamedTuple):
    """What all exhibits of one document share. ``formatted``: with the formatted view of long JSON."""

    head: Head
    lang: str
    tool_version: str
    formatted: bool


class Section(NamedTuple):
    """One exhibit set on pages, under its number."""

    label: str
    exhibit: Exhibit
    pages: tuple[tuple[Row, ...], ...]


def render(
    exhibits: Sequence[Exhibit],
    *,
    head: Head,
    lang: str,
    tool_version: str,
    first_number: int | None = None,
    branch_of: int | None = None,
    party: str = "甲",
    formatted: bool = True,
) -> str:
    """Return one HTML document to be printed on A4: an index, then every exhibit from a new page, in the order given.

    Numbers run from ``first_number`` (``甲第3号証``); None leaves the blank ``甲第●号証``; ``branch_of`` makes them
    branches (``甲第3号証の1``), from ``first_number`` or 1. Every page bears the number and ``(page/pages)``. The
    formatted view of long JSON, which takes about three times the pages of the text itself, can be left out. The
    document needs no network and runs no script. Raise AlteredError when a body is not the one its header speaks of,
    UsageError for a number below 1.
    """
    from ipattr.renderers.exhibits import facts, html
    from ipattr.renderers.exhibits.pages import paginate

    refuse_numbering(first_number, branch_of, party)
    terms = Terms(head, lang, tool_version, formatted)
    sections: list[Section] = []
    for offset, exhibit in enumerate(exhibits):
        _refuse_altered(exhibit)
        label = exhibit_number(offset, first=first_number, branch_of=branch_of, party=party)
        sections.append(Section(label, exhibit, paginate(tuple(facts.rows(exhibit, terms)))))
    return "".join(html.document(sections, terms))


def exhibit_number(offset: int, *, first: int | None, branch_of: int | None, party: str) -> str:
    """Return the number of the exhibit ``offset`` places after the first one."""
    if branch_of is not None:
        return f"{party}第{branch_of}号証の{(first or 1) + offset}"
    return f"{party}第{'●' if first is None else first + offset}号証"


def refuse_numbering(first_number: int | None, branch_of: int | None, party: str) -> None:
    """Raise UsageError for an exhibit number below 1, or a letter of the party that is no short word."""
    for number in (first_number, branch_of):
        if number is not None and number < 1:
            raise UsageError(
                ja=f"号証の番号は 1 以上である({number})。", en=f"Exhibit numbers start at 1, not at {number}."
            )
    if not party.isalpha() or len(party) > LONGEST_PARTY:
        raise UsageError(
            ja=f"号証の符号は {LONGEST_PARTY} 文字以内の文字である(甲、乙、疎甲 など)。",
            en=f"The letter of the party is a word of at most {LONGEST_PARTY} letters, such as 甲, 乙 or 疎甲.",
            where="--party",
        )


def _refuse_altered(exhibit: Exhibit) -> None:
    exchange = exhibit.answer.exchange
    if len(exhibit.body) == exchange.size and sha256(exhibit.body).hexdigest() == exchange.sha256:
        return
    raise AlteredError(
        ja="保存した回答が、取得したときの大きさ又は SHA-256 と一致しない。書証にしない。",
        en="The kept answer has not the size or SHA-256 that it had when obtained; it is not made an exhibit.",
        where=f"{exhibit.answer.name}.body",
    )
