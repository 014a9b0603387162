"""Surveys: the observations of one platform prepared once, and the candidate set of any instant and question."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.destinations import spans, steps
from ipattr.destinations.clients import kind_of
from ipattr.destinations.eras import HostEras, host_eras
from ipattr.destinations.listing import listed
from ipattr.destinations.plans import Plan, RecordType, plan
from ipattr.destinations.scopes import RECORDS, Question, Scope, scope, spelled
from ipattr.destinations.sightings import Stretch, micros, moment, sight
from ipattr.destinations.words import explain, no_observation, no_time, remarks, unknown_platform
from ipattr.model import CandidateSet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from ipattr.model import Narrowing, NarrowingStep, Observation, Platform

_REMEMBERED = 20_000
"""About so many candidates are remembered per question: a ledger of a million rows has as many edges."""


class Survey(NamedTuple):
    """The observations of one platform, prepared once: the eras by record type and host, and what was set aside.

    ``slots`` are the instants (microseconds since 1970) at which a stretch of any kept observation starts or has ended,
    ``boundaries`` those of them that are no midnights. Between two of them only the distances change. ``zones`` are the
    times in which a distance may be told to the second (see ``spans``); ``scopes`` remembers the questions asked.
    """

    platform: Platform | None
    rows: tuple[Observation, ...]
    eras: dict[RecordType, dict[str, HostEras]]
    kept: int
    slots: tuple[int, ...]
    boundaries: tuple[int, ...]
    zones: tuple[tuple[int, int], ...]
    scopes: dict[Question, Scope]

    @property
    def edges(self) -> tuple[datetime, ...]:
        """Return all slots as times."""
        return tuple([moment(slot) for slot in self.slots])


def survey(platform: Platform | None, observations: Sequence[Observation]) -> Survey:
    """Prepare the observations of a platform; ValueError when one of them carries no readable time."""
    own = tuple([entry for entry in observations if platform is not None and entry.platform == platform.id])
    by_type: dict[RecordType, list[Stretch]] = {rrtype: [] for rrtype in RECORDS}
    by_track: dict[tuple[str, str], list[Stretch]] = {}
    kept = 0
    for number, entry in enumerate(own):
        if entry.status == "kept":
            stretches = sight(number, entry)
            by_type[entry.rrtype] += stretches
            by_track.setdefault((entry.host, entry.address), []).extend(stretches)
            kept += 1
    edges = spans.edges(stretch for stretches in by_type.values() for stretch in stretches)
    return Survey(
        platform=platform,
        rows=own,
        eras={rrtype: host_eras(stretches, own) for rrtype, stretches in by_type.items()},
        kept=kept,
        slots=edges,
        boundaries=spans.boundaries(edges),
        zones=spans.exact_zones(by_track.values()),
        scopes={},
    )


def epoch_key(survey: Survey) -> Callable[[datetime], str]:
    """Return a function that gives equal keys to instants with equal candidate sets (within one question).

    A key is the UTC date and, on dates on which an observation starts or ends at a known time, the side of that time.
    Within a day of such a time the distance to it is told to the second, so there the key is the second as well. What
    is asked beside the time (family, client, steps turned off, hosts) is for the caller to add.
    """
    return spans.key_of(survey.platform.id if survey.platform is not None else "", survey.boundaries, survey.zones)


def candidates_in(
    survey: Survey,
    at: datetime | None,
    *,
    family: Literal[4, 6],
    shared: Callable[[str], str],
    client: str = "",
    without: AbstractSet[NarrowingStep] = frozenset(),
    hosts: Sequence[str] = (),
) -> CandidateSet:
    """Return what ``candidates`` does from observations prepared before, for whoever asks about many instants.

    ``client`` is what the log says the login was made with (see ``clients``); ``without`` turns narrowing steps off;
    ``hosts`` limits the question to those named, whatever the profile says of them. ``steps`` of the set say what each
    narrowing dropped. None of them depends on the instant, so ``epoch_key`` holds for each question of its own.
    """
    platform = survey.platform
    if platform is None:
        return CandidateSet(status="unknown-platform", platform="", explanation=unknown_platform())
    if at is None:
        return CandidateSet(status="no-time", platform=platform.id, explanation=no_time())
    named = spelled(hosts)
    question = Question(family, kind_of(client), frozenset(without), named)
    asked = survey.scopes.get(question)
    if asked is None:
        asked = scope(platform, survey.eras, survey.rows, question, kept=survey.kept)
        survey.scopes[question] = asked
    return _answer(survey, platform, asked, at=micros(at), shared=shared)


def _answer(survey: Survey, platform: Platform, asked: Scope, *, at: int, shared: Callable[[str], str]) -> CandidateSet:
    span = spans.span(at, survey.boundaries)
    if not asked.rows:
        return CandidateSet(
            status="none",
            platform=platform.id,
            at=span,
            excluded=len(survey.rows),
            explanation=no_observation(platform, asked.question.hosts, other_records=asked.other_records),
            findings=asked.findings,
            steps=(*asked.steps, steps.kept("time", (), steps.nothing_left())),
        )
    known = _plan(survey, platform, asked, at)
    found = listed(known, at, shared)
    return CandidateSet(
        status="observed",
        platform=platform.id,
        at=span,
        candidates=found,
        excluded=len(survey.rows) - known.evidence,
        explanation=explain(
            platform,
            span,
            found,
            known,
            at=at,
            elsewhere=asked.rows - known.evidence - known.unborn_rows,
            other_records=asked.other_records,
        ),
        findings=remarks(platform, found, known, asked, rejected=len(survey.rows) - survey.kept),
        steps=known.steps,
    )


def _plan(survey: Survey, platform: Platform, asked: Scope, at: int) -> Plan:
    """Return the plan of the slot between two edges, with its steps, from memory where it was asked for before."""
    slot = bisect_right(survey.slots, at)
    known = asked.plans.get(slot)
    if known is None:
        bare = plan(platform, asked.lanes, at, without=asked.question.without)
        known = bare._replace(steps=(*asked.steps, _time_step(asked, bare)))
        if len(asked.plans) * len(known.items) > _REMEMBERED:
            asked.plans.clear()
            for lane in asked.lanes:
                lane.around.clear()
        asked.plans[slot] = known
    return known


def _time_step(asked: Scope, known: Plan) -> Narrowing:
    found = [item.address for item in known.items]
    if "time" in asked.question.without:
        return steps.kept("time", found)
    text = steps.by_time(around=known.inside, unborn=known.unborn)
    return steps.narrowed_in_order("time", asked.addresses, found, text)
