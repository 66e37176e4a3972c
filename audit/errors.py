"""What stops a run, as opposed to what a run reports.

Bad lines, rows and files are data (`model.Problem`) and travel with the good ones.
An error is for the cases where nothing can be audited at all.
"""

from __future__ import annotations


class AuditError(Exception):
    """A run that cannot go on; its text is one line, fit for stderr.

    `exit_code` is what the process ends with, as documented in the README.
    """

    exit_code = 4


class UsageError(AuditError):
    """The command line or a configuration file asks for something that does not exist."""

    exit_code = 2


class InputError(AuditError):
    """An input that everything else depends on cannot be read."""

    exit_code = 3


def reason(error: Exception) -> str:
    """Return what the system says about a failure, as messages here say it: in lower case."""
    return (getattr(error, "strerror", None) or str(error)).lower()
