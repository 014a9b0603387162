"""A case as data frames: one tidy table per question, and a look-up on tables that are already data frames.

``frames.logins(case)`` and its siblings read a Case and nothing else. ``COLUMNS`` documents every column of every
frame; a frame without rows has the same columns and types. After ``import ipattr.frames`` every DataFrame has
``df.ipattr`` (see ``ipattr.frames.accessor``), whose columns are ``LOOKUP``.

Types: ``string``, ``Int64``, ``boolean``, ``Float64`` (lengths of time alone), instants ``datetime64[us, UTC]`` with
their twin in Japan time, calendar dates ``datetime64[s]``. What is missing or empty is NA. Values are those of the
Case, exactly; only what quotes the evidence for reading (``file``, ``raw``, ``record``, ``reason``, ``findings`` …) has
control and invisible characters written out. ``frame.attrs["ipattr"]`` is the stamp: versions, as-of date, inputs with
their SHA-256, counts, and remarks about the case as a whole.
"""

from __future__ import annotations

from ipattr.frames import accessor
from ipattr.frames.columns import COLUMNS, LOOKUP, LOOKUP_DEFAULT, Column
from ipattr.frames.disclosed import links, logins, posts, rejects
from ipattr.frames.judged import attributions, candidates, deadlines, search_keys
from ipattr.frames.networks import networks, registrations
from ipattr.frames.wide import verdicts

__all__ = [
    "COLUMNS",
    "LOOKUP",
    "LOOKUP_DEFAULT",
    "Column",
    "attributions",
    "candidates",
    "deadlines",
    "links",
    "logins",
    "networks",
    "posts",
    "registrations",
    "rejects",
    "search_keys",
    "verdicts",
]

accessor.register()
