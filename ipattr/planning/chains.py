"""A route at one pace as a chain of steps, each counted from an earlier one; dates run along it in both directions.

``best`` takes at each step the figure that arrives first, ``worst`` the one that arrives last; figures of the platform
stand in for the general ones at that step. ``current`` and ``older`` take the intervals of one practitioner, all or
nothing: a step without one is not dated, nor is what follows. A period fixed by law is the same at every pace. A leg
begins on the day its milestone is reached; one without a single figure at a pace is not dated at that pace at all.
Estimates are calendar arithmetic and are not shifted to working days; only the end of a statutory period is
(民法142条、民事訴訟法95条3項).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.model import DatedStep, DurationFigure, Interval, ProcedureStep, StepBasis, Text
from ipattr.planning.spans import NOTHING, after, latest_before, lawful_end, lawful_start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from ipattr.model import Leg, Milestone, Pace, Procedure, Route, Span
    from ipattr.planning.spans import Workdays

MARGIN = "margin"
"""The step that is no event: the distance that a practitioner leaves between the letter and the expiry."""


class Hop(NamedTuple):
    """From one place of a chain to a later one: how far, and by which figure (None: at once)."""

    source: int
    span: Span
    basis: StepBasis | None


class Place(NamedTuple):
    """One step in a chain. Of several ``hops`` the first to arrive counts at pace ``best``, else the last one."""

    procedure: str
    step: ProcedureStep
    hops: tuple[Hop, ...]


class Chain(NamedTuple):
    """The steps of a route that figures date at one pace. Place 0 is the start and has no step.

    ``reached`` gives the place where each milestone is reached first, ``missing`` the steps that are not dated,
    ``margin`` how long before the expiry the letter is to arrive (None: no figure at this pace).
    """

    pace: Pace
    places: tuple[Place | None, ...]
    reached: dict[Milestone, int]
    missing: tuple[Text, ...]
    margin: Hop | None = None

    def forward(self, start: date, workdays: Workdays) -> list[date]:
        """Return the day of every place for a route begun on ``start``; a later start never arrives earlier."""
        days: list[date] = []
        for place in self.places:
            days.append(start if place is None else self._arrival(place, days, workdays))
        return days

    def basis(self, index: int, days: list[date], workdays: Workdays) -> tuple[StepBasis, ...]:
        """Return the figures that decide the day of one place."""
        place = self.places[index]
        if place is None:
            return ()
        deciding = [hop for hop in place.hops if hop.basis and _moved(place, hop, days, workdays) == days[index]]
        return tuple(dict.fromkeys(hop.basis for hop in deciding if hop.basis))

    def steps(
        self, on: Mapping[int, date], figured: list[date], workdays: Workdays, working: Callable[[date], date | None]
    ) -> tuple[DatedStep, ...]:
        """Return the step of every place that has a day in ``on``, with what decides its day in ``figured``."""
        return tuple(
            DatedStep(
                procedure=place.procedure,
                step=place.step.id,
                name=place.step.name,
                actor=place.step.actor,
                milestone=place.step.milestone,
                on=on[index],
                workday=working(on[index]),
                basis=self.basis(index, figured, workdays),
            )
            for index, place in enumerate(self.places)
            if place is not None and index in on
        )

    def latest_start(self, index: int, target: date, workdays: Workdays) -> date:
        """Return the latest start from which a place is still reached by ``target``.

        ``forward(latest_start(t)) <= t < forward(latest_start(t) + 1 day)`` for that place.
        """
        place = self.places[index]
        if place is None:
            return target
        due = _due(place, target, workdays)
        starts = [self.latest_start(hop.source, _begun(place, hop, due), workdays) for hop in place.hops]
        return max(starts) if self.pace == "best" else min(starts)

    def latest_days(self, index: int, target: date, workdays: Workdays) -> dict[int, date]:
        """Return the latest day of every place that the one at ``index`` hangs on, itself included.

        At pace ``best`` these are the places on the way that allows the latest start, of equal ways the first.
        """
        days: dict[int, date] = {}
        self._trace(index, target, workdays, days)
        return days

    def _trace(self, index: int, target: date, workdays: Workdays, days: dict[int, date]) -> None:
        place = self.places[index]
        due = target if place is None else _due(place, target, workdays)
        days[index] = min(due, days.get(index, due))
        if place is None:
            return
        hops: Iterable[Hop] = place.hops
        if self.pace == "best":
            hops = [
                max(hops, key=lambda hop: self.latest_start(hop.source, _begun(place, hop, due), workdays)),
            ]
        for hop in hops:
            self._trace(hop.source, _begun(place, hop, due), workdays, days)

    def _arrival(self, place: Place, days: list[date], workdays: Workdays) -> date:
        arrivals = [_moved(place, hop, days, workdays) for hop in place.hops]
        return min(arrivals) if self.pace == "best" else max(arrivals)


def chain_of(route: Route, pace: Pace, *, procedures: Mapping[str, Procedure], platform: str) -> Chain:
    """Return the chain of a route at one pace; the route in hand begins with the address."""
    building = _Building(pace, platform)
    if route.kind == "in-hand":
        building.reached["ip"] = 0
    for leg in route.legs:
        building.add(leg, procedures[leg.procedure])
    return Chain(pace, tuple(building.places), building.reached, tuple(building.missing), building.margin)


class _Building:
    """A chain while legs are being added."""

    def __init__(self, pace: Pace, platform: str) -> None:
        self.places: list[Place | None] = [None]
        self.reached: dict[Milestone, int] = {}
        self.missing: list[Text] = []
        self.margin: Hop | None = None
        self._pace: Pace = pace
        self._platform = platform

    def add(self, leg: Leg, procedure: Procedure) -> None:
        """Add the steps of one leg as far as they can be dated."""
        origin = 0 if leg.after is None else self.reached.get(leg.after)
        steps = [step for step in procedure.steps if step.id != MARGIN]
        places = self._dated(procedure, steps, origin) if origin is not None else {}
        if not any(hop.basis for place, _ in places.values() for hop in place.hops):
            places = {}
        for place, index in places.values():
            self.places.append(place)
            if place.step.milestone is not None:
                self.reached.setdefault(place.step.milestone, index)
        self.missing += [
            Text(ja=f"{procedure.name.ja}：{step.name.ja}", en=f"{procedure.name.en}: {step.name.en}")
            for step in steps
            if step.id not in places
        ]
        self._take_margin(procedure)

    def _dated(self, procedure: Procedure, steps: list[ProcedureStep], origin: int) -> dict[str, tuple[Place, int]]:
        """Return the steps that can be dated, by id, each with the place it is to have in the chain."""
        found: dict[str, tuple[Place, int]] = {}
        previous: int | None = origin
        for position, step in enumerate(steps):
            hops = self._hops(step, known={key: index for key, (_, index) in found.items()}, previous=previous)
            if position == 0 and not step.figures and not step.intervals:
                hops = (Hop(origin, NOTHING, None),)
            previous = len(self.places) + len(found) if hops else None
            if previous is not None:
                found[step.id] = (Place(procedure.id, step, hops), previous)
        return found

    def _hops(self, step: ProcedureStep, *, known: dict[str, int], previous: int | None) -> tuple[Hop, ...]:
        """Return the ways to a step from steps that are dated; ``previous`` None: the one before is not."""
        sources = [(known.get(since) if since else previous, span, basis) for since, span, basis in self._spans(step)]
        return tuple(Hop(source, span, basis) for source, span, basis in sources if source is not None)

    def _spans(self, step: ProcedureStep) -> list[tuple[str, Span, StepBasis]]:
        """Return since when, how long and by which figure, for everything that dates a step at this pace."""
        intervals = [entry for entry in step.intervals if entry.pace == self._pace]
        if intervals:
            return [("", entry.span, basis_of(self._pace, entry)) for entry in intervals]
        figures = applicable(step, self._platform)
        if self._pace in ("current", "older"):
            # What the law fixes does not depend on who measured; what somebody reported does.
            figures = [entry for entry in figures if step.counting == "statutory" and entry.low == entry.high]
        return [
            (entry.since, entry.low if self._pace == "best" else entry.high, basis_of(self._pace, entry))
            for entry in figures
        ]

    def _take_margin(self, procedure: Procedure) -> None:
        for step in procedure.steps:
            if step.id == MARGIN and self.margin is None:
                spans = self._spans(step) if self._pace in ("current", "older") else []
                self.margin = next((Hop(0, span, basis) for _, span, basis in spans), None)


def applicable(step: ProcedureStep, platform: str) -> list[DurationFigure]:
    """Return the figures of a step that hold for a platform: its own where there are any, else the general ones."""
    own = [figure for figure in step.figures if platform and figure.platform == platform]
    return own or [figure for figure in step.figures if not figure.platform]


def totals_of(route: Route, platform: str) -> list[DurationFigure]:
    """Return the totals published for a route, those of the platform where there are any."""
    own = [total for total in route.totals if platform and total.platform == platform]
    return own or [total for total in route.totals if not total.platform]


def basis_of(pace: Pace | Literal["total"], figure: DurationFigure | Interval) -> StepBasis:
    """Return a figure as what a date rests on."""
    return StepBasis(
        pace=pace, text=figure.text, source=figure.source, as_of=figure.as_of, confidence=figure.confidence
    )


def _moved(place: Place, hop: Hop, days: list[date], workdays: Workdays) -> date:
    """Return the day on which a hop arrives; the end of a statutory period moves to the next court day."""
    if place.step.counting == "statutory":
        return workdays.next(lawful_end(days[hop.source], hop.span))
    return after(days[hop.source], hop.span)


def _begun(place: Place, hop: Hop, due: date) -> date:
    """Return the latest day on which a hop can begin to arrive on the day that the step is due."""
    return (lawful_start if place.step.counting == "statutory" else latest_before)(due, hop.span)


def _due(place: Place, target: date, workdays: Workdays) -> date:
    """Return the latest day on which a step itself can fall to be done by ``target``."""
    return workdays.last(target) if place.step.counting == "statutory" else target
