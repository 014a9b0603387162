"""What others saw in the DNS: passive DNS, dnsx, hosts files and zone files become dated observations."""

from ipattr.sources.seen.reading import read_seen
from ipattr.sources.seen.rows import MAX_BYTES

__all__ = ["MAX_BYTES", "read_seen"]
