"""The text of a registry's WHOIS answer as objects of attributes (RFC 2622 section 2; ARIN and LACNIC alike).

An object is a run of lines without a blank one; an attribute is ``name: value``, continued by lines that begin with a
space, a tab or a plus sign. Lines that begin with ``%`` or ``#`` are the server's own words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ipattr.model import Field

if TYPE_CHECKING:
    from collections.abc import Sequence

_ATTRIBUTE = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9 _-]{0,60}?):(?P<value>.*)")


@dataclass(slots=True)
class Attribute:
    """One attribute: ``lines`` are the 1-based lines it stands on."""

    name: str
    value: str
    lines: list[int]

    @property
    def at(self) -> str:
        """Return where it stands."""
        return f"line:{self.lines[0]}"

    @property
    def field(self) -> Field:
        """Return its value with its place."""
        return Field(value=self.value, at=self.at)


@dataclass(slots=True)
class RegistryObject:
    """One object: its class is the name of its first attribute, in lower case."""

    attributes: list[Attribute] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Return its class."""
        return self.attributes[0].name.casefold()

    def of(self, *names: str) -> list[Attribute]:
        """Return the attributes of these names (any case) that have a value, in the order of the answer."""
        wanted = {name.casefold() for name in names}
        return [one for one in self.attributes if one.value and one.name.casefold() in wanted]

    def first(self, *names: str) -> Attribute | None:
        """Return the first attribute of these names that has a value."""
        found = self.of(*names)
        return found[0] if found else None


@dataclass(slots=True)
class Document:
    """The objects of an answer in order, and the lines in which the server speaks for itself."""

    objects: list[RegistryObject] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)

    @property
    def spans(self) -> dict[str, list[int]]:
        """Return all lines of every attribute, by its place."""
        return {one.at: one.lines for each in self.objects for one in each.attributes}


def read_objects(lines: Sequence[str]) -> Document:
    """Return the objects of an answer; total. Lines that are no attribute are left to the caller."""
    document = Document()
    current: RegistryObject | None = None
    last: Attribute | None = None
    for number, line in enumerate(lines, 1):
        if line[:1] in {"%", "#"}:
            document.comments.append(number)
            continue
        if not line.strip():
            current = last = None
            continue
        if line[0] in " \t+" and last is not None:
            last.value = f"{last.value}\n{line[1:].strip()}".strip()
            last.lines.append(number)
            continue
        matched = _ATTRIBUTE.fullmatch(line)
        if matched is None:
            last = None
            continue
        last = Attribute(matched["name"].strip(), matched["value"].strip(), [number])
        if current is None:
            current = RegistryObject()
            document.objects.append(current)
        current.attributes.append(last)
    return document
