"""What all documents of one addressee are written from, put together once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import DestinationRow, Destinations
from ipattr.renderers.destinations import groups
from ipattr.renderers.filings.documents.pen import BLANK, Pen, pen_of
from ipattr.renderers.view import unchecked_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ipattr.model import Candidate, Case, Link
    from ipattr.renderers.destinations.groups import Group
    from ipattr.renderers.filings.documents.addressees import Addressee, Claim
    from ipattr.renderers.filings.material import Material, Wish

TERM = "接続先IPアドレス"
"""What most forms call it."""


class ListOfCandidates(NamedTuple):
    """One list of possible destinations with the logins that refer to it, numbered within the set."""

    number: int
    group: Group

    @property
    def name(self) -> str:
        """Return what rows call it."""
        return f"候補一覧{self.number}"

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Return its entries, those observed only after the connection last."""
        return self.group.candidates("current")


class Draft(NamedTuple):
    """One addressee's set in the making.

    ``lists`` are the candidate lists, ``list_of`` which of them a login refers to; ``own_links`` the links of each post
    to this addressee's logins and ``all_links`` those to all, the nearest first; ``numbers`` the row of each login.
    """

    material: Material
    wish: Wish
    addressee: Addressee
    pen: Pen
    term: str
    lists: tuple[ListOfCandidates, ...]
    list_of: Mapping[int, ListOfCandidates]
    own_links: Mapping[str, tuple[Link, ...]]
    all_links: Mapping[str, tuple[Link, ...]]
    unchecked: frozenset[tuple[str, str]]
    numbers: Mapping[str, int]

    @property
    def case(self) -> Case:
        """Return the case."""
        return self.material.case

    @property
    def masked(self) -> Draft:
        """Return the draft of the copy that hides what the wish says."""
        return self._replace(pen=pen_of(self.wish, hidden=self.wish.mask, names=account_names(self.case)))


def drafts(material: Material, wish: Wish, chosen: Iterable[Addressee]) -> tuple[Draft, ...]:
    """Return the draft of each addressee."""
    nearest = _nearest(material.case.links)
    unchecked = unchecked_links(material.case)
    numbers = {row.login.id: row.number for row in material.case.rows}
    return tuple(_draft(Known(material, wish, nearest, unchecked, numbers), addressee) for addressee in chosen)


def platform_name(material: Material) -> str:
    """Return the name of the platform, ● where none was named."""
    platform = material.facts.platforms.get(material.case.platform)
    return platform.name if platform is not None else BLANK


def operator_name(material: Material) -> str:
    """Return who runs the platform without the remark that the facts may carry, ● where nobody is named."""
    platform = material.facts.platforms.get(material.case.platform)
    return (platform.operator_ja.partition("(")[0].strip() if platform is not None else "") or BLANK


def account_names(case: Case) -> frozenset[str]:
    """Return every account that logins and posts name, by name and by number."""
    every = (*(row.login.account for row in case.rows), *(post.account for post in case.posts))
    return frozenset(text.lstrip("@") for one in every for text in (one.name, one.id) if text)


def needs_destination(claim: Claim) -> bool:
    """Tell whether this addressee may search by destination: what it is not known to need is not left out.

    Where every source says that the line is found without, a list of mere candidates could only make it be missed.
    """
    if claim.view.login.destination is not None:
        return True
    ids = {party.provider for party in claim.parties}
    sets = [option.needed for option in claim.view.search.options if option.provider in ids]
    return not sets or not all(sets) or any("destination-ip" in needed for any_of in sets for needed in any_of)


class Known(NamedTuple):
    """What is the same for all addressees."""

    material: Material
    wish: Wish
    nearest: Mapping[str, tuple[Link, ...]]
    unchecked: frozenset[tuple[str, str]]
    numbers: Mapping[str, int]


def _draft(known: Known, addressee: Addressee) -> Draft:
    material, wish, nearest = known.material, known.wish, known.nearest
    mine = {claim.view.login.id for claim in addressee.claims}
    own = {post: tuple(link for link in links if link.login in mine) for post, links in nearest.items()}
    term = _term(addressee, material)
    lists = _lists(material, addressee, term)
    return Draft(
        material=material,
        wish=wish,
        addressee=addressee,
        pen=pen_of(wish),
        term=term,
        lists=lists,
        list_of={row.number: one for one in lists for row in one.group.rows},
        own_links={post: links for post, links in own.items() if links},
        all_links=nearest,
        unchecked=known.unchecked,
        numbers=known.numbers,
    )


def _nearest(links: Iterable[Link]) -> dict[str, tuple[Link, ...]]:
    """Return the links of each post, the nearest first."""
    found: dict[str, list[Link]] = {}
    for link in links:
        found.setdefault(link.post, []).append(link)
    return {post: tuple(sorted(every, key=lambda link: link.rank)) for post, every in found.items()}


def _term(addressee: Addressee, material: Material) -> str:
    """Return what the addressee itself calls the destination address, the general term where it has no one word."""
    providers = material.facts.providers
    records = [providers[one] for one in addressee.providers if one in providers]
    own = dict.fromkeys(one.destination_term.text for one in records if one.destination_term is not None)
    return next(iter(own)) if len(own) == 1 else TERM


def _lists(material: Material, addressee: Addressee, term: str) -> tuple[ListOfCandidates, ...]:
    claims = [c for c in addressee.claims if c.view.login.destination is None and needs_destination(c)]
    found = groups.by_list(as_destinations(material, claims, term))
    named = [group for group in found if group.candidates("current")]
    return tuple(ListOfCandidates(number, group) for number, group in enumerate(named, start=1))


def as_destinations(material: Material, claims: Iterable[Claim], term: str) -> Destinations:
    """Return the candidate sets of some logins as a document of the destination ledger.

    What stands behind a set is in the case only by the ids of its observations.
    """
    case = material.case
    rows = tuple(_destination_row(claim, term) for claim in claims)
    return Destinations(
        schema_version=case.schema_version,
        tool_version=case.tool_version,
        data_version=case.data_version,
        platform=case.platform,
        platform_name=platform_name(material),
        without=case.without,
        rows=rows,
        sets={row.set: case.candidate_sets[row.set] for row in rows},
        observations={},
        ledgers=case.ledgers,
    )


def _destination_row(claim: Claim, term: str) -> DestinationRow:
    login = claim.view.login
    instant = login.instant
    return DestinationRow(
        number=claim.number,
        label=login.id,
        at=instant.utc if instant is not None else None,
        precision=instant.precision if instant is not None else "s",
        family=login.address.line_version,
        login=claim.number,
        source=login.address.line,
        term=term,
        set=claim.view.row.candidates,
    )
