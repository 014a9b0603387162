"""A document of a filing as a Word file, and an office's own Word file filled in (ECMA-376, transitional)."""

from __future__ import annotations

from ipattr.renderers.filings.word.encoding import encode
from ipattr.renderers.filings.word.filling import fill

__all__ = ["encode", "fill"]
