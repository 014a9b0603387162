"""Destinations: which addresses of a platform come into question for one login, from dated observations.

A candidate is an address that a host of the platform answered with, somewhere, at some time near the login. It is never
"the destination": what the login reached was not recorded. See ``eras`` for which observations speak for an instant,
``scopes`` and ``steps`` for how hosts, IP version and client narrow them, ``condensing`` for how the answers of
captures become observations, ``judging``, ``weighing`` and ``screening`` for which of them are set aside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ipattr.destinations.surveys import Survey, candidates_in, epoch_key, survey

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from ipattr.model import CandidateSet, Observation, Platform

__all__ = ["Survey", "candidates", "candidates_in", "epoch_key", "survey"]


def candidates(
    platform: Platform | None,
    observations: Sequence[Observation],
    at: datetime | None,
    *,
    family: Literal[4, 6],
    shared: Callable[[str], str],
) -> CandidateSet:
    """Return the possible destinations at an instant: per host the addresses of its era, else those before and after.

    ``at`` is aware; dates are UTC dates. Hosts that are no candidates of the platform and rejected observations are
    never used; a host first observed later is left out where another was observed by then. ``excluded`` counts every
    observation that no candidate rests on. ``shared`` names the anycast operator of an address, "" where it is the
    platform's own. ``family`` 6 asks for AAAA observations; where a platform has none, its A observations are listed
    for orientation with a remark. The set is the same for all instants of one ``epoch_key``; its ``at`` is the span of
    that key. ValueError when an observation carries no readable time.
    """
    return candidates_in(survey(platform, observations), at, family=family, shared=shared)
