"""Commands of Jobs."""

from tasveer_tui.ui.kit.commands.command import Command, Place

_JOBS = Place.JOBS
_FILTER = Place.JOB_FILTER
_FAILURES = Place.FAILURES

JOBS = (
    Command(
        "jobs.open",
        "enter",
        "open",
        "Show the failed objects of the job or the class, or the object in Browse.",
        _JOBS,
        in_footer=True,
    ),
    Command("jobs.pause", "P", "pause", "Pause the job.", _JOBS, in_footer=True),
    Command(
        "jobs.resume",
        "P",
        "go on",
        "Let a paused job go on, or a failed one try again.",
        _JOBS,
        in_footer=True,
    ),
    Command("jobs.cancel", "x", "cancel", "Cancel the job; asked once.", _JOBS, in_footer=True),
    Command(
        "jobs.unwatch",
        "x",
        "stop watching",
        "Watch the place no longer; asked once.",
        _JOBS,
        in_footer=True,
    ),
    Command(
        "jobs.retry",
        "R",
        "retry",
        "Read again what failed: the class under the cursor, or all of the job.",
        _JOBS,
        in_footer=True,
    ),
    Command(
        "jobs.filter",
        "slash",
        "filter",
        "Show only jobs of a state, a place or a number, older ones among them.",
        _JOBS,
        in_footer=True,
    ),
    Command(
        "jobs.log",
        "L",
        "log",
        "Show the engine's log; again: only warnings, then only errors.",
        _JOBS,
        in_footer=True,
    ),
    Command(
        "jobs.next_pane",
        "tab",
        "next pane",
        "Go on: jobs, watches, failures, workers, last read, log.",
        _JOBS,
        in_footer=True,
    ),
    Command(
        "jobs.raise",
        "plus,equals_sign",
        "sooner",
        "Raise the job's priority: it goes before all of a lower one.",
        _JOBS,
        in_footer=True,
        action="sooner",
    ),
    Command(
        "jobs.lower",
        "minus",
        "later",
        "Lower the job's priority.",
        _JOBS,
        in_footer=True,
        action="later",
    ),
    Command(
        "jobs.tune",
        "T",
        "objects at once",
        "Change how many objects each process of the workers reads at once.",
        _JOBS,
        in_footer=True,
    ),
    Command("jobs.previous_pane", "shift+tab", "previous pane", "Go back a pane.", _JOBS),
    Command("jobs.refresh", "r", "refresh", "Read the ledger again.", _JOBS),
    Command(
        "jobs.copy_command",
        "y",
        "copy command",
        "Copy the command line that shows this job.",
        _JOBS,
    ),
)

JOB_FILTER = (
    Command(
        "job_filter.keep",
        "enter",
        "keep",
        "Keep the filter and go back to the jobs.",
        _FILTER,
        in_footer=True,
        has_priority=True,
    ),
    Command(
        "job_filter.back",
        "escape",
        "show all",
        "Show every job again.",
        _FILTER,
        in_footer=True,
        action="screen.back",
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
        "failures.retry_all",
        "A",
        "retry all",
        "Read every object of this list again.",
        _FAILURES,
        in_footer=True,
    ),
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
