"""The lines of a JPNIC answer as blocks of labelled values and lists, in both layouts and both languages.

Labels after JPNIC-01281 (公開・開示対象情報一覧). Lettered lines (``a. [IPネットワークアドレス]``) are assignments
(割り当て), lines without letters allocations (割り振り) and everything of IPv6.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Key = Literal[
    "network",
    "name",
    "organisation",
    "organization",
    "administrative",
    "technical",
    "abuse",
    "nameserver",
    "ds",
    "assigned",
    "allocated",
    "returned",
    "updated",
]
SectionName = Literal["less", "more"]

_KEYS: dict[Key, tuple[str, ...]] = {
    "network": (
        "IPネットワークアドレス",
        "IPネットワーク番号",
        "ネットワークアドレス",
        "Network Number",
        "Network Address",
        "IP Network Address",
    ),
    "name": ("ネットワーク名", "Network Name"),
    "organisation": ("組織名",),
    "organization": ("Organization",),
    "administrative": ("管理者連絡窓口", "Administrative Contact"),
    "technical": ("技術連絡担当者", "Technical Contact"),
    "abuse": ("Abuse",),
    "nameserver": ("ネームサーバ", "ネームサーバー", "Nameserver", "Name Server"),
    "ds": ("DSレコード", "DS Record", "DS"),
    "assigned": ("割当年月日", "割り当て年月日", "Assigned Date"),
    "allocated": ("割振年月日", "割り振り年月日", "Allocated Date"),
    "returned": ("返却年月日", "Return Date"),
    "updated": ("最終更新", "Last Update"),
}
_LABELLED = re.compile(r"\s*(?:(?P<letter>[A-Za-zａ-ｚＡ-Ｚ])[.．]\s*)?[\[［](?P<label>[^\]］]*)[\]］](?P<value>.*)")
_RULE = re.compile(r"\s*-{3,}\s*")


def plain_label(text: str) -> str:
    """Return a label as it is compared: NFKC, without spaces, case folded."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


_KNOWN: dict[str, Key] = {plain_label(label): key for key, labels in _KEYS.items() for label in labels}
_SECTIONS: dict[str, SectionName] = {
    "上位情報": "less",
    "lessspecificinfo.": "less",
    "lessspecificinfo": "less",
    "下位情報": "more",
    "morespecificinfo.": "more",
    "morespecificinfo": "more",
}
_NONE_HERE = re.compile(r"該当するデータがありません|No match\s*!!", re.IGNORECASE)


@dataclass(slots=True)
class Labelled:
    """One labelled value: ``lines`` are the 1-based lines it stands on, continuation lines included."""

    key: Key
    label: str
    letter: str
    value: str
    lines: list[int]


@dataclass(slots=True)
class Entry:
    """One entry of a list, its continuation lines joined by one space."""

    value: str
    lines: list[int]


@dataclass(slots=True)
class Section:
    """One list under its heading; ``none`` when it says that it is empty."""

    entries: list[Entry] = field(default_factory=list)
    none: bool = False


@dataclass(slots=True)
class Block:
    """One registered network: its labelled values in order, and the lists that follow it."""

    values: list[Labelled] = field(default_factory=list)
    sections: dict[SectionName, Section] = field(default_factory=dict)

    def of(self, *keys: str) -> list[Labelled]:
        """Return the values under these keys, in the order of the answer."""
        return [one for one in self.values if one.key in keys]


@dataclass(slots=True)
class Layout:
    """Everything recognised in an answer: blocks, banner lines, whether it says that there is nothing here."""

    blocks: list[Block] = field(default_factory=list)
    banner: list[int] = field(default_factory=list)
    no_match: bool = False

    @property
    def spans(self) -> dict[str, list[int]]:
        """Return all lines of every value and entry, by the place of its first."""
        entries = [entry for block in self.blocks for part in block.sections.values() for entry in part.entries]
        values = [value for block in self.blocks for value in block.values]
        return {f"line:{lines[0]}": lines for lines in [one.lines for one in values] + [one.lines for one in entries]}


class _Reader:
    """Takes the lines one by one; remembers what a continuation line would continue."""

    def __init__(self) -> None:
        self.layout = Layout()
        self.block: Block | None = None
        self.section: Section | None = None
        self.open: Labelled | Entry | None = None

    def take(self, number: int, line: str) -> None:
        if not line.strip():
            self.open = None
            return
        heading = _SECTIONS.get(plain_label(line))
        if heading:
            self._head(heading)
            return
        if plain_label(line).startswith("networkinformation:"):
            self.block = self.section = self.open = None
            return
        labelled = _LABELLED.fullmatch(line)
        key = _KNOWN.get(plain_label(labelled["label"])) if labelled else None
        if labelled and key and not (self.section is not None and key != "network"):
            self._value(number, key, labelled)
        elif self.section is not None:
            self._entry(number, line, self.section)
        elif labelled and not labelled["letter"] and not labelled["value"].strip() and self.block is None:
            self.layout.banner.append(number)
        elif self.block is None and _NONE_HERE.search(line):
            self.layout.no_match = True
        elif isinstance(self.open, Labelled) and line[0].isspace() and not labelled:
            self._continue(number, line)
        else:
            self.open = None

    def _head(self, name: SectionName) -> None:
        self.open = None
        self.section = Section()
        if self.block is not None:
            self.section = self.block.sections.setdefault(name, self.section)

    def _value(self, number: int, key: Key, labelled: re.Match[str]) -> None:
        if self.block is None or self.section is not None or (key == "network" and self.block.of("network")):
            self.block = Block()
            self.layout.blocks.append(self.block)
            self.section = None
        letter = unicodedata.normalize("NFKC", labelled["letter"] or "")
        self.open = Labelled(key, labelled["label"].strip(), letter, labelled["value"].strip(), [number])
        self.block.values.append(self.open)

    def _entry(self, number: int, line: str, section: Section) -> None:
        if _RULE.fullmatch(line):
            self.open = None
        elif _NONE_HERE.search(line) and not section.entries:
            section.none = True
            self.open = None
        elif isinstance(self.open, Entry) and line[0].isspace():
            self._continue(number, line)
        else:
            self.open = Entry(line.strip(), [number])
            section.entries.append(self.open)

    def _continue(self, number: int, line: str) -> None:
        if self.open is not None:
            self.open.value = f"{self.open.value} {line.strip()}".strip()
            self.open.lines.append(number)


def read_layout(lines: Sequence[str]) -> Layout:
    """Return what the lines of an answer are; total. Lines that are none of it are left to the caller."""
    reader = _Reader()
    for number, line in enumerate(lines, 1):
        reader.take(number, line)
    return reader.layout
