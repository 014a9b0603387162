"""The version of the tool, written once."""

__version__ = "0.1.0"
