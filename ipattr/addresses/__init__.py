"""Strict address grammar, special-purpose blocks, embedded IPv4, port-share arithmetic."""

from ipattr.addresses.numbers import Specials, covered, port_share, prefix_range, to_number, to_text
from ipattr.addresses.parsing import ParsedAddress, parse_address, parse_port

__all__ = [
    "ParsedAddress",
    "Specials",
    "covered",
    "parse_address",
    "parse_port",
    "port_share",
    "prefix_range",
    "to_number",
    "to_text",
]
