"""The linter of ``data/``: one function per rule, each finding coded and with advice."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from ipattr.checks import claims, ledger, proceedings, references, servers, tables, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from ipattr.model import Attribution, Finding
    from ipattr.model.sources import Sources

__all__ = ["RULES", "check_data"]

RULES: tuple[Callable[[Sources], Iterator[Finding]], ...] = (
    references.unknown_citation,
    references.unused_citation,
    references.unknown_addressee,
    references.missing_example_file,
    claims.shared_own_claim,
    claims.repeated_claim,
    claims.strange_registrant,
    claims.example_missing,
    values.retention_unsourced,
    values.key_unsourced,
    values.date_order,
    values.untidy_name,
    values.broken_pattern,
    values.groundless_value,
    tables.prefix_order,
    tables.as_without_row,
    tables.as_count,
    tables.special_twice,
    tables.observation_time,
    tables.observation_address,
    tables.holder_not_announced,
    tables.heading_twice,
    ledger.host_spelling,
    ledger.host_twice,
    ledger.reference_host,
    ledger.pattern_host,
    ledger.observed_host,
    ledger.observation_figures,
    ledger.observation_standing,
    ledger.term_unsourced,
    ledger.unexplained_observations,
    ledger.candidate_role,
    servers.loose_end,
    servers.unsafe_url,
    servers.no_pace,
    servers.overlapping_range,
    servers.unknown_service,
    proceedings.lengths,
    proceedings.unsourced,
    proceedings.groundless,
    proceedings.dated_start,
    proceedings.undated_step,
    proceedings.repeated_pace,
    proceedings.broken_timetable,
    proceedings.statutory_ground,
    proceedings.loose_leg,
    proceedings.pointless_route,
    proceedings.half_choice,
    proceedings.keyless_sheet,
    proceedings.served_twice,
)


def check_data(
    sources: Sources,
    *,
    attribute: Callable[[str, str | None], Attribution] | None = None,
    as_of: date | None = None,
) -> tuple[Finding, ...]:
    """Return every finding about ``sources``, sorted by code and place; errors are what must be mended.

    ``attribute`` runs the examples of the providers (address and PTR name in, verdict out); without it they are not
    run. ``as_of`` is the day the calendar is judged on, the calendar's own date when None.
    """
    found = list(chain.from_iterable(rule(sources) for rule in RULES))
    found += tables.calendar_cover(sources, as_of)
    if attribute is not None:
        found += claims.example_disagrees(sources, attribute)
    return tuple(sorted(found, key=lambda finding: (finding.code, finding.about)))
