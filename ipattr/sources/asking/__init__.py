"""Carrying out a plan: nothing leaves that is not in it, and nothing before it stands in the journal."""

from ipattr.sources.asking.engine import Progress, ask, ask_now

__all__ = ["Progress", "ask", "ask_now"]
