"""How much memory a process has needed at most."""

from __future__ import annotations

import resource


def peak() -> float:
    """Return the most memory that this process has had so far (``ru_maxrss``), in MiB (Linux)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
