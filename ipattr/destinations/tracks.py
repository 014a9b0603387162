"""Tracks: all stretches of one address at one host, in an order in which those around an instant are found fast."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from ipattr.addresses import to_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.destinations.sightings import Stretch


class Window(NamedTuple):
    """The time that belongs to the era of an instant: after ``low`` and before ``high``, without end where None."""

    low: int | None
    high: int | None


class Track(NamedTuple):
    """The stretches of one address at one host by their starts and by their ends.

    ``number`` is the address as (version, number); ``tops`` holds for each start the latest end of it and all earlier
    ones.
    """

    number: tuple[int, int]
    by_low: tuple[Stretch, ...]
    lows: tuple[int, ...]
    tops: tuple[int, ...]
    by_high: tuple[Stretch, ...]
    highs: tuple[int, ...]

    def around(self, at: int) -> list[Stretch]:
        """Return the stretches that an instant lies in."""
        found = []
        index = bisect_right(self.lows, at) - 1
        while index >= 0 and self.tops[index] >= at:
            if self.by_low[index].high >= at:
                found.append(self.by_low[index])
            index -= 1
        return found

    def behind(self, at: int) -> Stretch | None:
        """Return the stretch that ended last before an instant."""
        index = bisect_left(self.highs, at)
        return self.by_high[index - 1] if index else None

    def ahead(self, at: int) -> Stretch | None:
        """Return the stretch that starts first after an instant."""
        index = bisect_right(self.lows, at)
        return self.by_low[index] if index < len(self.lows) else None

    def meets(self, window: Window) -> bool:
        """Return whether a stretch lies in a window, be it in part."""
        started = len(self.lows) if window.high is None else bisect_left(self.lows, window.high)
        return started > 0 and (window.low is None or self.tops[started - 1] > window.low)


def track(address: str, stretches: Sequence[Stretch]) -> Track:
    """Return the track of an address with its stretches, in whatever order."""
    by_low = tuple(sorted(stretches, key=attrgetter("low", "high", "number")))
    by_high = tuple(sorted(by_low, key=attrgetter("high")))
    highs = [stretch.high for stretch in by_low]
    return Track(
        number=to_number(address),
        by_low=by_low,
        lows=tuple([stretch.low for stretch in by_low]),
        tops=tuple(accumulate(highs, max)),
        by_high=by_high,
        highs=tuple([stretch.high for stretch in by_high]),
    )
