"""IP attribution for Japanese sender-information disclosure: the commands as functions of the same names."""

from ipattr.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:  # typing itself is worth milliseconds to `import ipattr`; type checkers know this name
    from ipattr.verbs import (
        case_consent,
        case_init,
        case_log,
        case_seal,
        case_stamp,
        data_check,
        data_readme,
        data_refresh,
        data_status,
        destinations_capture,
        destinations_diff,
        destinations_import,
        destinations_show,
        enrich_file,
        exhibits,
        explain,
        filings,
        forms,
        grep,
        login_history,
        lookup,
        plan,
        plot,
        rdap,
        read,
        report,
        schema,
        verify,
        whois,
    )

ROOMS = ("bulk", "frames", "history", "plots")
"""The rooms that are used as they are: ``ipattr.frames.logins(case)``."""

__all__ = [
    "__version__",
    "case_consent",
    "case_init",
    "case_log",
    "case_seal",
    "case_stamp",
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


def __getattr__(name: str) -> object:
    """Load the public functions and rooms on first use (PEP 562), so that importing the package stays cheap."""
    if name in __all__:
        from ipattr import verbs

        return getattr(verbs, name)
    if name in ROOMS:
        from importlib import import_module

        return import_module(f"ipattr.{name}")
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
