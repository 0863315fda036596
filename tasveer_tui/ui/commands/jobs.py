"""Commands of Jobs."""

from tasveer_tui.ui.commands.command import Command, Place

_JOBS = Place.JOBS
_FAILURES = Place.FAILURES

JOBS = (
    Command(
        "jobs.open",
        "enter",
        "objects",
        "Show the failed objects of the job or of the class, with their messages.",
        _JOBS,
        in_footer=True,
    ),
    Command("jobs.pause", "P", "pause", "Pause the job, or let it go on.", _JOBS, in_footer=True),
    Command("jobs.cancel", "x", "cancel", "Cancel the job; asked once.", _JOBS, in_footer=True),
    Command(
        "jobs.retry",
        "R",
        "retry",
        "Read again what failed: the class under the cursor, or all of the job.",
        _JOBS,
        in_footer=True,
    ),
    Command("jobs.refresh", "r", "refresh", "Read the ledger again.", _JOBS),
    Command(
        "jobs.copy_command",
        "y",
        "copy command",
        "Copy the command line that shows this job.",
        _JOBS,
    ),
)

FAILURES = (
    Command(
        "failures.open",
        "enter",
        "in Browse",
        "Show the object in Browse.",
        _FAILURES,
        in_footer=True,
    ),
    Command("failures.retry", "R", "retry", "Read this object again.", _FAILURES, in_footer=True),
    Command(
        "failures.copy_key",
        "y",
        "copy key",
        "Copy the object's address.",
        _FAILURES,
        in_footer=True,
    ),
    Command("failures.leave", "escape", "close", "Close the list.", _FAILURES, in_footer=True),
)
