"""The settings under which figures are drawn and written: matplotlib's defaults and these, not those of the user."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ipattr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Outlines instead of letters: the reader's machine may lack the font. A "$" in a name is a dollar, not mathematics.
_OWN: dict[str, Any] = {
    "text.parse_math": False,
    "text.usetex": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "ipattr",
    "hatch.linewidth": 0.5,
}
_NOT_OURS = frozenset({"backend", "backend_fallback", "interactive"})


@contextmanager
def settled() -> Iterator[None]:
    """Put matplotlib's settings to what every figure is drawn with, and back again; UsageError without matplotlib."""
    try:
        import matplotlib as mpl
    except ImportError as error:
        raise UsageError(
            ja="図には matplotlib が要る。pip install 'ipattr[plots]' で導入する。",
            en="Figures need matplotlib: pip install 'ipattr[plots]'.",
        ) from error
    fixed: dict[Any, Any] = {key: value for key, value in mpl.rcParamsDefault.items() if key not in _NOT_OURS}
    with mpl.rc_context(fixed | _OWN):
        yield
