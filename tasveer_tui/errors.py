"""Everything that can go wrong, as one tree.

    TasveerError                    a sentence for the user, and a remedy
    ├── UsageError                  2  the command or a setting cannot be understood
    │   └── QueryError              2  a search cannot be understood; knows the column
    ├── StorageError                4  S3 did not do what was asked
    │   ├── NoCredentialsError         nothing to sign with
    │   ├── ExpiredCredentialsError    a token or an SSO session ran out
    │   ├── AccessDeniedError          the credentials may not do this
    │   ├── BucketNotFoundError        no such bucket at this endpoint
    │   ├── ObjectNotFoundError        no such key (any more)
    │   ├── ObjectChangedError         the ETag is not the listed one
    │   ├── ObjectArchivedError        Glacier and the like: restore first
    │   ├── ObjectEmptyError           zero bytes
    │   ├── WrongRegionError           the bucket lives elsewhere
    │   ├── ThrottledError             retry later
    │   ├── NetworkError               reset, timed out, cut short: retry
    │   │   └── UnreachableError       nothing answers at the endpoint at all
    │   └── TlsError                   the certificate is not trusted
    ├── ImageError                     an embedded picture cannot be decoded
    ├── BrokerError                 5  RabbitMQ (or another broker) is unreachable
    ├── CatalogueError              6  the SQLite file
    │   ├── CatalogueVersionError      written by a newer program
    │   ├── NotACatalogueError         some other file
    │   ├── CatalogueReadOnlyError     may not be written, or the disk is full
    │   ├── CatalogueBusyError         another program holds it
    │   └── SearchInterruptedError     a search was stopped, usually by a newer one
    ├── JobError                    7  no such job, or not in that state
    ├── JobFailedError              4  the whole job ended, mostly since S3 refused the listing
    └── PartialError                3  the job ended, some objects failed

The number is the exit code; a subclass without one has its parent's. 0 is success, 1 an
unexpected error, 130 an interrupt.
"""

from typing import ClassVar

from tasveer_tui.records import Outcome


class TasveerError(Exception):
    """What the user reads: one sentence that says what happened, one that says what to do."""

    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False
    outcome: ClassVar[Outcome] = Outcome.CRASHED
    """The class in which an object is recorded when reading it ended with this error."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class UsageError(TasveerError):
    """The command, an option or a setting cannot be understood."""

    exit_code = 2


class QueryError(UsageError):
    """A search cannot be understood."""

    def __init__(self, message: str, text: str, column: int, remedy: str = "") -> None:
        """`column` counts characters of `text` from 0."""
        super().__init__(message, remedy)
        self.text = text
        self.column = column

    def caret(self) -> str:
        """The search and, under it, a caret at the place and what was expected there."""
        return f"{self.text}\n{' ' * self.column}^ {self}"


class StorageError(TasveerError):
    """S3 did not do what was asked."""

    exit_code = 4
    outcome = Outcome.NETWORK


class NoCredentialsError(StorageError):
    """There is nothing to sign requests with."""

    outcome = Outcome.DENIED


class ExpiredCredentialsError(StorageError):
    """A token or an SSO session ran out."""

    outcome = Outcome.DENIED


class AccessDeniedError(StorageError):
    """The credentials may not do this."""

    outcome = Outcome.DENIED


class BucketNotFoundError(StorageError):
    """There is no such bucket at this endpoint."""

    outcome = Outcome.GONE


class ObjectNotFoundError(StorageError):
    """There is no such key, or no longer."""

    outcome = Outcome.GONE


class ObjectChangedError(StorageError):
    """The object is not the listed one: its ETag differs."""

    outcome = Outcome.CHANGED


class ObjectArchivedError(StorageError):
    """The object lies in an archive class and must be restored before it can be read."""

    outcome = Outcome.ARCHIVED


class ObjectEmptyError(StorageError):
    """The object has zero bytes."""

    outcome = Outcome.EMPTY


class WrongRegionError(StorageError):
    """The bucket lives in another region than the one asked."""


class ThrottledError(StorageError):
    """The service asks for fewer requests."""

    retryable = True


class NetworkError(StorageError):
    """The endpoint cannot be reached, or the connection broke."""

    retryable = True


class UnreachableError(NetworkError):
    """Nothing answers at the endpoint: no object is to blame."""


class TlsError(StorageError):
    """The endpoint's certificate is not trusted."""


class ImageError(TasveerError):
    """An embedded picture cannot be decoded."""


class BrokerError(TasveerError):
    """The message broker cannot be reached."""

    exit_code = 5
    retryable = True


class CatalogueError(TasveerError):
    """The catalogue's SQLite file did not do what was asked."""

    exit_code = 6


class CatalogueVersionError(CatalogueError):
    """The catalogue was written by a newer program."""


class NotACatalogueError(CatalogueError):
    """The file is something else."""


class CatalogueReadOnlyError(CatalogueError):
    """The catalogue may not be written, or the disk is full."""


class CatalogueBusyError(CatalogueError):
    """Another program holds the catalogue."""

    retryable = True


class SearchInterruptedError(CatalogueError):
    """A search was stopped before it had ended, usually because a newer one took its place."""


class JobError(TasveerError):
    """There is no such job, or it is not in a state that allows this."""

    exit_code = 7


class JobFailedError(TasveerError):
    """The whole job failed, mostly because S3 refused the listing."""

    exit_code = 4


class PartialError(TasveerError):
    """The job ended, and some objects failed."""

    exit_code = 3


CREDENTIAL_ERRORS = (NoCredentialsError, ExpiredCredentialsError)
"""A person can fix these by logging in."""

SOURCE_ERRORS = (*CREDENTIAL_ERRORS, BucketNotFoundError, TlsError, WrongRegionError)
"""These concern every object of a source alike, and are gone after its client is renewed."""
