"""Working days of Japanese offices."""

from ipattr.instants.workdays import is_working_day, last_working_day

__all__ = ["is_working_day", "last_working_day"]
