"""What others saw in the DNS: passive DNS, dnsx, hosts files and zone files become dated observations."""

from ipattr.sources.seen.reading import read_seen

__all__ = ["read_seen"]
