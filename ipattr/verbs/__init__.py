"""The verbs of the package: each command of the command line is one of these functions, under the same name."""

from ipattr.bulk import enrich_file
from ipattr.verbs.analysis import login_history, plot
from ipattr.verbs.casefolder import case_consent, case_init, case_log, case_seal, case_stamp, verify
from ipattr.verbs.facts import data_check, data_readme, data_refresh, data_status
from ipattr.verbs.ledgers import (
    destinations_capture,
    destinations_diff,
    destinations_import,
    destinations_show,
)
from ipattr.verbs.logs import (
    STDIN,
    checking_page,
    exhibits,
    explain,
    forms,
    grep,
    load_case,
    lookup,
    read,
    report,
    schema,
)
from ipattr.verbs.proceedings import filings, plan
from ipattr.verbs.registries import rdap, whois

__all__ = [
    "STDIN",
    "case_consent",
    "case_init",
    "case_log",
    "case_seal",
    "case_stamp",
    "checking_page",
    "data_check",
    "data_readme",
    "data_refresh",
    "data_status",
    "destinations_capture",
    "destinations_diff",
    "destinations_import",
    "destinations_show",
    "enrich_file",
    "exhibits",
    "explain",
    "filings",
    "forms",
    "grep",
    "load_case",
    "login_history",
    "lookup",
    "plan",
    "plot",
    "rdap",
    "read",
    "report",
    "schema",
    "verify",
    "whois",
]
