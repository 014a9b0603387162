"""What an office's own Word file may ask for, by name."""

from __future__ import annotations

from typing import NamedTuple

from ipattr.renderers.filings.blocks import Table  # noqa: TC001 - the annotations of a NamedTuple are read at run time


class Placeholders(NamedTuple):
    r"""The values that an office's own Word file may name.

    ``texts`` stand for ``{{name}}``; ``\n`` breaks the line. ``tables`` stand for a whole paragraph ``{{表:name}}`` or
    ``{{table:name}}``, and give ``{{name.heading}}`` of each row to a table row that repeats. Values are plain text: a
    value that holds ``{{…}}`` is not expanded again. A name holds no brace and no line break.
    """

    texts: dict[str, str]
    tables: dict[str, Table]
