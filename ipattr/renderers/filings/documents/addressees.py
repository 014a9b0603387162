"""Who is to be addressed: every legal entity that may have carried at least one login, in the order of urgency."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.attribution.parties import LESSEE, entity_name
from ipattr.model import TRUST
from ipattr.renderers.filings.documents.pen import shown
from ipattr.renderers.filings.documents.standing import ALIVE, Standing, standing
from ipattr.renderers.filings.names import file_name
from ipattr.renderers.view import views

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from ipattr.model import DeadlineStatus, Entity, EntityName, Party, Provider
    from ipattr.renderers.filings.material import Material
    from ipattr.renderers.view import View

# What must be done first stands first; what can no longer be done stands after what cannot be dated (as in a case).
_ORDER: tuple[DeadlineStatus, ...] = ("due", "open", "passed-at-earliest", "unknown", "passed", "not-applicable")


class Claim(NamedTuple):
    """One login that an addressee may have carried: it alone (``sole``), or one of several, each on its condition."""

    view: View
    parties: tuple[Party, ...]
    others: tuple[Party, ...]
    standing: Standing

    @property
    def number(self) -> int:
        """Return the number of the row in the case."""
        return self.view.row.number

    @property
    def sole(self) -> bool:
        """Tell whether nobody else comes into question."""
        return not self.others

    @property
    def conditions(self) -> tuple[str, ...]:
        """Say when this addressee is the right one."""
        return tuple(dict.fromkeys(party.condition.ja for party in self.parties))


class Addressee(NamedTuple):
    """One legal entity with the logins that it may have carried.

    ``number`` counts the addressees of the case, the most urgent first, and stands before the name in ``folder``.
    ``name`` is fit to be printed. ``entity`` is its record, None where the facts know it by name alone, ``names`` its
    other names, as listed. ``earliest`` and ``act_by`` are the first of its logs that may still exist, where any do.
    """

    number: int
    folder: str
    name: str
    providers: tuple[str, ...]
    claims: tuple[Claim, ...]
    entity: Entity | None
    names: tuple[EntityName, ...]
    status: DeadlineStatus
    earliest: date | None
    act_by: date | None

    @property
    def rows(self) -> tuple[int, ...]:
        """Return the numbers of all its logins."""
        return tuple(claim.number for claim in self.claims)

    @property
    def sole(self) -> tuple[int, ...]:
        """Return the numbers of the logins that can only be its own."""
        return tuple(claim.number for claim in self.claims if claim.sole)

    @property
    def shared(self) -> tuple[int, ...]:
        """Return the numbers of the logins for which others come into question too."""
        return tuple(claim.number for claim in self.claims if not claim.sole)


def addressees(material: Material) -> tuple[Addressee, ...]:
    """Return every legal entity that comes into question at the first request for at least one login.

    Services of one legal entity are one addressee. A registrant known by its registered name alone is one too; a party
    that nobody can name (a lessee not known) is none, and neither is a network without access contracts.
    """
    groups: dict[str, list[Claim]] = {}
    for view in views(material.case):
        by_name: dict[str, list[Party]] = {}
        for party in view.attribution.alternatives:
            if party.kind != "non-access" and party.name.ja and party.name != LESSEE.name:
                by_name.setdefault(party.name.ja, []).append(party)
        for name, parties in by_name.items():
            groups.setdefault(name, []).append(_claim(view, parties, material))
    ordered = sorted(groups.items(), key=lambda entry: _urgency(entry[1], material.case.as_of))
    width = max(2, len(str(len(ordered))))
    return tuple(
        _addressee(name, claims, material)._replace(number=number, folder=file_name(f"{number:0{width}}_{name}"))
        for number, (name, claims) in enumerate(ordered, start=1)
    )


def _claim(view: View, parties: Sequence[Party], material: Material) -> Claim:
    own = tuple(parties)
    return Claim(
        view=view,
        parties=own,
        others=tuple(party for party in view.attribution.alternatives if party not in own),
        standing=standing(view, own, as_of=material.case.as_of, calendar=material.facts.calendar),
    )


def _status(claims: Iterable[Claim]) -> DeadlineStatus:
    statuses = {claim.standing.status for claim in claims}
    return next(known for known in _ORDER if known in statuses)


def _dated(claims: Sequence[Claim]) -> tuple[date | None, date | None]:
    """Return the first expiry and the first day to act by of the logs that may still exist, else of the worst of them.

    A lost one would only hide the date of one that can still be saved.
    """
    status = _status(claims)
    counted = [c.standing for c in claims if c.standing.status in ALIVE]
    counted = counted or [c.standing for c in claims if c.standing.status == status]
    return (
        min((one.earliest for one in counted if one.earliest is not None), default=None),
        min((one.act_by for one in counted if one.act_by is not None), default=None),
    )


def _urgency(claims: Sequence[Claim], as_of: date) -> tuple[int, date, int]:
    status, (_, act_by) = _status(claims), _dated(claims)
    return (0 if status in ALIVE else 1 + _ORDER.index(status), act_by or as_of, claims[0].number)


def _addressee(name: str, claims: Sequence[Claim], material: Material) -> Addressee:
    ids = tuple(dict.fromkeys(party.provider for claim in claims for party in claim.parties if party.provider))
    records = _records(name, ids, material)
    best = min(records, key=lambda record: (not record.entity.address, _trust(record)), default=None)
    # Its own record alone: that of a service may list whose name its addresses are registered under.
    listed = dict.fromkeys(entry for entry in best.entity.names if entry.text != name) if best is not None else {}
    earliest, act_by = _dated(claims)
    return Addressee(
        number=0,
        folder="",
        name=shown(name),
        providers=ids,
        claims=tuple(claims),
        entity=best.entity if best is not None else None,
        names=tuple(listed),
        status=_status(claims),
        earliest=earliest,
        act_by=act_by,
    )


def _records(name: str, ids: Sequence[str], material: Material) -> list[Provider]:
    """Return the records of a legal entity: those of its services here, then of its others, which may know more."""
    providers = material.facts.providers
    here = [providers[one] for one in ids if one in providers]
    return here + [entry for entry in providers.values() if entry not in here and entity_name(entry).ja == name]


def _trust(record: Provider) -> int:
    return TRUST[record.entity.address_confidence]
