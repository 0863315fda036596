"""All errors, as one tree.

    TasveerError                    a message for the user, and a remedy
    ├── UsageError                  2  the command or a setting cannot be understood
    │   └── QueryError              2  a search cannot be understood; knows the column
    ├── StorageError                4  a request to S3 failed
    │   ├── NoCredentialsError         nothing to sign with
    │   ├── ExpiredCredentialsError    a token or an SSO session ran out
    │   ├── AccessDeniedError          the credentials do not allow this
    │   ├── BucketNotFoundError        no such bucket at this endpoint
    │   ├── ObjectNotFoundError        no such key (any more)
    │   ├── ObjectChangedError         the ETag differs from the listed one
    │   ├── ObjectArchivedError        restore it first
    │   ├── ObjectEmptyError           zero bytes
    │   ├── WrongRegionError           the bucket is in another region
    │   ├── ThrottledError             retry later
    │   ├── NetworkError               reset, timed out, cut short
    │   │   └── UnreachableError       nothing answers at the endpoint
    │   └── TlsError                   the certificate is not trusted
    ├── ImageError                     an embedded picture cannot be decoded
    ├── BrokerError                 5  RabbitMQ (or another broker) is unreachable
    ├── CatalogueError              6  the SQLite file
    │   ├── CatalogueVersionError      written by a newer program
    │   ├── NotACatalogueError         some other file
    │   ├── CatalogueReadOnlyError     cannot be written, or the disk is full
    │   ├── CatalogueBusyError         another program locks it
    │   └── SearchInterruptedError     a search was stopped, usually by a newer one
    ├── JobError                    7  no such job, or not in that state
    ├── JobFailedError              4  S3 refused the listing, for example
    └── PartialError                3  the job is done, but some objects failed

The number is the exit code; a class without one has its parent's. 0 is success, 1 an unexpected
error, 130 an interrupt.
"""

from typing import ClassVar

from tasveer_tui.records import Outcome


class TasveerError(Exception):
    """An error for the user: one sentence about what happened, and one about what to do."""

    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False
    outcome: ClassVar[Outcome] = Outcome.CRASHED
    """The outcome of an object if reading it ended with this error."""

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
        """The search with a caret below the error, and the message."""
        return f"{self.text}\n{' ' * self.column}^ {self}"


class StorageError(TasveerError):
    """A request to S3 failed."""

    exit_code = 4
    outcome = Outcome.NETWORK


class NoCredentialsError(StorageError):
    """There is nothing to sign requests with."""

    outcome = Outcome.DENIED


class ExpiredCredentialsError(StorageError):
    """A token or an SSO session ran out."""

    outcome = Outcome.DENIED


class AccessDeniedError(StorageError):
    """The credentials do not allow this."""

    outcome = Outcome.DENIED


class BucketNotFoundError(StorageError):
    """There is no such bucket at this endpoint."""

    outcome = Outcome.GONE


class ObjectNotFoundError(StorageError):
    """There is no such key (any more)."""

    outcome = Outcome.GONE


class ObjectChangedError(StorageError):
    """The object was replaced: its ETag differs from the listed one."""

    outcome = Outcome.CHANGED


class ObjectArchivedError(StorageError):
    """The object is archived and must be restored before it can be read."""

    outcome = Outcome.ARCHIVED


class ObjectEmptyError(StorageError):
    """The object has zero bytes."""

    outcome = Outcome.EMPTY


class WrongRegionError(StorageError):
    """The bucket is in another region."""


class ThrottledError(StorageError):
    """S3 throttles the requests."""

    retryable = True


class NetworkError(StorageError):
    """The endpoint cannot be reached, or the connection broke."""

    retryable = True


class UnreachableError(NetworkError):
    """Nothing answers at the endpoint, so no object has failed."""


class TlsError(StorageError):
    """The endpoint's certificate is not trusted."""


class ImageError(TasveerError):
    """An embedded picture cannot be decoded."""


class BrokerError(TasveerError):
    """The message broker cannot be reached."""

    exit_code = 5
    retryable = True


class CatalogueError(TasveerError):
    """The catalogue's SQLite file cannot be used."""

    exit_code = 6


class CatalogueVersionError(CatalogueError):
    """The catalogue was written by a newer program."""


class NotACatalogueError(CatalogueError):
    """The file is not a catalogue."""


class CatalogueReadOnlyError(CatalogueError):
    """The catalogue cannot be written, or the disk is full."""


class CatalogueBusyError(CatalogueError):
    """Another program locks the catalogue."""

    retryable = True


class SearchInterruptedError(CatalogueError):
    """A search was stopped, usually because a newer one replaced it."""


class JobError(TasveerError):
    """There is no such job, or it is not in a state that allows this."""

    exit_code = 7


class JobFailedError(TasveerError):
    """The whole job failed: S3 refused the listing, for example."""

    exit_code = 4


class PartialError(TasveerError):
    """The job is done, but some objects failed."""

    exit_code = 3


CREDENTIAL_ERRORS = (NoCredentialsError, ExpiredCredentialsError)
"""A person can fix these by logging in."""

SOURCE_ERRORS = (*CREDENTIAL_ERRORS, BucketNotFoundError, TlsError, WrongRegionError)
"""These concern every object of a source alike, and are gone after its client is renewed."""
