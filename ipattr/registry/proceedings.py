"""Procedures, routes and information sheets, read strictly: whatever they name must be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.errors import DataError
from ipattr.model import InformationSheet, Procedure, Record, Route
from ipattr.registry.strict import match_stems, names_in, read_toml, refuse_twice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from ipattr.model import DurationFigure, ProcedureNote

ROUTES = "procedures/routes.toml"


class RouteFile(Record, frozen=True, kw_only=True):
    """All routes (``data/procedures/routes.toml``)."""

    route: tuple[Route, ...]


def read_procedures(tree: dict[str, bytes], platforms: AbstractSet[str]) -> tuple[Procedure, ...]:
    """Read ``procedures/<id>.toml``, by id.

    DataError, beside what does not fit the schema, for a step id that stands twice, for a figure counted from a step
    that does not stand before it, and for a platform that is none of ``platforms``.
    """
    names = [name for name in names_in(tree, "procedures/") if name != ROUTES]
    procedures = tuple(read_toml(tree, name, Procedure) for name in names)
    match_stems("procedures", (procedure.id for procedure in procedures), names)
    for name, procedure in zip(names, procedures, strict=True):
        refuse_twice(f"{name}: $.steps", (step.id for step in procedure.steps))
        earlier: list[str] = []
        for at, step in enumerate(procedure.steps):
            place = f"{name}: $.steps[{at}].figures"
            for index, figure in enumerate(step.figures):
                if figure.since and figure.since not in earlier:
                    raise _no_earlier_step(figure.since, f"{place}[{index}].since")
            _refuse_strange_platforms(place, step.figures, platforms)
            earlier.append(step.id)
        _refuse_strange_platforms(f"{name}: $.totals", procedure.totals, platforms)
        _refuse_strange_platforms(f"{name}: $.notes", procedure.notes, platforms)
    return procedures


def read_routes(tree: dict[str, bytes], procedures: AbstractSet[str], platforms: AbstractSet[str]) -> tuple[Route, ...]:
    """Read the routes in file order; DataError for an id that stands twice, and for a procedure or platform unknown."""
    routes = read_toml(tree, ROUTES, RouteFile).route
    refuse_twice(ROUTES, (route.id for route in routes))
    for at, route in enumerate(routes):
        place = f"{ROUTES}: $.route[{at}]"
        legs = ((f"{place}.legs[{index}].procedure", leg.procedure) for index, leg in enumerate(route.legs))
        _refuse_strangers(legs, procedures, "procedures/")
        _refuse_strange_platforms(f"{place}.totals", route.totals, platforms)
        _refuse_strange_platforms(f"{place}.notes", route.notes, platforms)
    return routes


def read_sheets(
    tree: dict[str, bytes], providers: AbstractSet[str], platforms: AbstractSet[str]
) -> tuple[InformationSheet, ...]:
    """Read ``sheets/<id>.toml``, by id; DataError for a provider or platform unknown."""
    names = names_in(tree, "sheets/")
    sheets = tuple(read_toml(tree, name, InformationSheet) for name in names)
    match_stems("sheets", (sheet.id for sheet in sheets), names)
    for name, sheet in zip(names, sheets, strict=True):
        served = ((f"{name}: $.providers[{at}]", provider) for at, provider in enumerate(sheet.providers))
        _refuse_strangers(served, providers, "providers/")
        _refuse_strange_platforms(f"{name}: $.remarks", sheet.remarks, platforms)
        if sheet.reply is not None:
            _refuse_strangers([(f"{name}: $.reply.platform", sheet.reply.platform)], platforms | {""}, "platforms/")
    return sheets


def _refuse_strange_platforms(
    place: str, entries: Iterable[DurationFigure | ProcedureNote], platforms: AbstractSet[str]
) -> None:
    """Refuse an entry that is limited to a platform nobody describes."""
    named: Iterator[tuple[str, str]] = (
        (f"{place}[{at}].platform", entry.platform) for at, entry in enumerate(entries) if entry.platform
    )
    _refuse_strangers(named, platforms, "platforms/")


def _refuse_strangers(named: Iterable[tuple[str, str]], known: AbstractSet[str], folder: str) -> None:
    """Refuse the first of (place, id) that is not known."""
    for where, name in named:
        if name not in known:
            raise DataError(
                ja=f"「{name}」は {folder} にない。そこにある id を書く。",
                en=f"{folder} has no {name!r}: write an id from there.",
                where=where,
            )


def _no_earlier_step(name: str, where: str) -> DataError:
    """Return the error for a figure that is counted from nowhere."""
    return DataError(
        ja=f"起算の段階「{name}」が、この手続のこれより前にない。",
        en=f"No earlier step of this procedure is called {name!r}.",
        where=where,
    )
