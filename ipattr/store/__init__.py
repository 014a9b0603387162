"""The case folder: inputs, answers, results and an append-only journal."""

from ipattr.store.folder import CaseFolder, open_case
from ipattr.store.sealing import seal
from ipattr.store.stamping import read_stamp, stamp_request
from ipattr.store.verifying import verify
from ipattr.store.writing import create

__all__ = ["CaseFolder", "create", "open_case", "read_stamp", "seal", "stamp_request", "verify"]
