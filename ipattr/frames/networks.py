"""Networks as frames: announced prefixes with their origins, and what the registries answered where they were asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.addresses import prefix_range, to_text
from ipattr.frames.building import frame
from ipattr.frames.judged import distinct
from ipattr.renderers import facts
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from ipattr.frames.building import Value
    from ipattr.model import Attribution, Case, Network


def networks(case: Case) -> pd.DataFrame:
    """Return one row per announced prefix and origin AS that a login lies in; a registrant is no holder of the block.

    An address without an announced prefix has no row; ``attributions`` says so.
    """
    counts: dict[str, int] = {}
    found: dict[str, tuple[Network, Attribution]] = {}
    for _, count, view in distinct(case, "attribution"):
        network = view.attribution.network
        if network is not None:
            found.setdefault(network.prefix, (network, view.attribution))
            counts[network.prefix] = counts.get(network.prefix, 0) + count
    rows = (
        {**cells, "rows": counts[prefix]}
        for prefix, (network, attribution) in found.items()
        for cells in _origins(network, attribution)
    )
    return frame("networks", rows, case)


def registrations(case: Case, *, lang: str = "ja") -> pd.DataFrame:
    """Return one row per registry answer, the most authoritative first; no row in a case that asked nobody.

    An address that was asked about without an answer is one row whose ``number`` is missing.
    """
    rows = (
        {"registration_key": key, "rows": count, **cells}
        for key, count, view in distinct(case, "registration")
        if view.registration is not None
        for cells in (
            {
                "address": view.registration.address,
                "registry_status": view.registration.status,
                "registry_mode": view.registration.mode,
                **answer,
            }
            for answer in (
                [
                    {
                        **_inert(facts.answer(one, lang)),
                        "number": number,
                        "registry_received_utc": one.received,
                        "registry_received_jst": one.received,
                    }
                    for number, one in enumerate(view.registration.views, start=1)
                ]
                or [{}]
            )
        )
    )
    return frame("registrations", rows, case)


def _origins(network: Network, attribution: Attribution) -> Iterator[Mapping[str, Value]]:
    registrants = {entry.number: entry for entry in attribution.registrants}
    version, first, last = prefix_range(network.prefix)
    for origin in network.origins:
        registrant = registrants.get(origin.asn)
        yield {
            "prefix": network.prefix,
            "version": version,
            "first": to_text(version, first),
            "last": to_text(version, last),
            "asn": origin.asn,
            "delegated": origin.delegated,
            "registrant_handle": registrant.handle if registrant else None,
            "registrant": registrant.organisation if registrant else None,
            "registrant_country": registrant.country if registrant else None,
            "source": network.source,
            "as_of": network.as_of,
        }


def _inert(cells: Mapping[str, str]) -> dict[str, Value]:
    """Return the cells of an answer, which are a registry's own words, with nothing hidden in them."""
    return {column: inert(text) for column, text in cells.items()}
