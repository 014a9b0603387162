"""Stretches of addresses about which the tables say the same: one bisection of a whole column finds them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ipattr.bulk.arrays import distinct

if TYPE_CHECKING:
    import numpy as np

    from ipattr.registry import Registry

    Array = np.ndarray[Any, Any]

VERSIONS = (4, 6)
_SHIFT = {4: 0, 6: 64}


class Segments(NamedTuple):
    """Stretches in order, those of IPv4 before those of IPv6; a *place* is the number of one, from 0.

    ``starts4``/``starts6``: uint64, the first address of each (of IPv6 its upper 64 bits). ``network``: int32 by place,
    the announced prefix as ``Registry.numbered`` counts them, 0 for none. ``kind``: int32 by place; places of one kind
    differ in their prefix and in nothing else that an attribution says. ``first``: uint64 by place, the address it
    begins with.

    An IPv6 stretch ends with a whole /64. Special-purpose blocks are longer in places (``::``, ``::1``): an address in
    one is for whoever asks to see to (``Specials.find``), and none of them is a sample.
    """

    starts4: Array
    starts6: Array
    network: Array
    kind: Array
    first: Array

    def version(self, place: int) -> int:
        """Return the IP version of a place."""
        return 4 if place < len(self.starts4) else 6

    def sample(self, place: int) -> int:
        """Return an address of the place as a number of its version."""
        return _sample(self.version(place), int(self.first[place]))

    def own(self) -> Array:
        """Return a kind of its own for each place."""
        import numpy as np

        return np.arange(len(self.kind), dtype=np.int32)

    def places(self, version: Array, high: Array) -> Array:
        """Return the place of each address: ``version`` uint8, ``high`` uint64 (IPv4 number, or upper 64 bits)."""
        import numpy as np

        found = bisect(self.starts4, high)
        six = np.flatnonzero(version != VERSIONS[0])
        found[six] = bisect(self.starts6, high[six]) + len(self.starts4)
        return found


def bisect(starts: Array, values: Array) -> Array:
    """Return for each value the place of the last start at or before it (int32); ``starts`` ascends from 0."""
    import numpy as np

    # Values in order hit the same starts one after another: sorting them first costs less than it saves.
    order = np.argsort(values)
    found = np.empty(len(values), dtype=np.int32)
    found[order] = np.searchsorted(starts, values[order], side="right")
    found -= 1
    return found


def segments(registry: Registry) -> Segments:
    """Cut the address space wherever a fact begins or ends: announced prefixes, services, areas, special purposes."""
    import numpy as np

    starts: list[Array] = []
    networks: list[Array] = []
    kinds: list[Array] = []
    known: dict[object, int] = {}
    for version in VERSIONS:
        announced = registry.announced(version)
        routed = np.asarray(announced.starts, dtype=np.uint64)
        numbers = np.asarray(announced.networks, dtype=np.int32)
        origins = np.where(numbers > 0, np.asarray(announced.origins, dtype=np.int64)[numbers] + 1, 0)
        edges = _edges(registry, version)
        cuts = distinct(np.concatenate([routed, np.asarray(edges, dtype=np.uint64)]))[0]
        at = bisect(routed, cuts)
        listed = np.asarray([known.setdefault(_listed(registry, version, edge), len(known)) for edge in edges])
        starts.append(cuts)
        networks.append(numbers[at])
        kinds.append(origins[at] << 32 | listed[bisect(np.asarray(edges, dtype=np.uint64), cuts)])
    _, _, kind = distinct(np.concatenate(kinds))
    return Segments(
        starts4=starts[0],
        starts6=starts[1],
        network=np.concatenate(networks),
        kind=kind.astype(np.int32),
        first=np.concatenate(starts),
    )


def _edges(registry: Registry, version: int) -> list[int]:
    """Return where listed blocks begin or end, in the units of the stretches, from 0 and within the space."""
    shift, limit = _SHIFT[version], {4: 1 << 32, 6: 1 << 64}[version]
    return sorted({0, *[at for edge in registry.listed_edges(version) if (at := edge >> shift) < limit]})


def _sample(version: int, start: int) -> int:
    """Return the last address of a stretch's first unit, since single addresses with a meaning begin their /64."""
    return ((start + 1) << _SHIFT[version]) - 1


def _listed(registry: Registry, version: int, edge: int) -> object:
    """Return what the listed blocks say of a stretch: equal values, equal words."""
    number = _sample(version, edge)
    area = registry.area(version, number)
    return (
        version,
        registry.specials.find(version, number),
        registry.service_prefixes(version, number),
        msgspec.structs.replace(area, prefix="") if area is not None else None,
    )
