"""One catalogue, its engine and the S3 clients; each is opened when it is first used."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from tasveer_tui.humanize import size_text
from tasveer_tui.records import Access
from tasveer_tui.workspace.thumbnail_cache import ThumbnailCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tasveer_tui.catalogue import Catalogue
    from tasveer_tui.catalogue.search import Finder
    from tasveer_tui.exif import Fetch, ImageDecoder, MakerNoteReader, Pixels
    from tasveer_tui.jobs import EngineProcess
    from tasveer_tui.records import (
        BucketInfo,
        IngestState,
        JobSpec,
        ObjectFacts,
        ObjectRef,
        ObjectVersion,
        Outcome,
        Page,
        Record,
        Source,
        SourceView,
        WatchView,
    )
    from tasveer_tui.s3 import S3
    from tasveer_tui.workspace.downloads import Download
    from tasveer_tui.workspace.estimate import Estimate
    from tasveer_tui.workspace.viewer import ImageViewer


MAX_RECENT_JOBS = 20
"""Jobs from which an estimate takes its speed."""

MIN_REPORTED_UPGRADE_BYTES = 50_000_000
"""A smaller catalogue is upgraded within about a second."""


@dataclass(frozen=True, slots=True)
class WorkspaceOptions:
    """Paths and defaults, from the settings."""

    db: Path
    state_dir: Path
    broker_url: str = ""
    access: Access = field(default_factory=Access)
    concurrency: int = 128
    """Objects that are read at the same time without a broker."""
    request_price: float = 0.0004
    """US dollars per 1,000 GET requests, for estimates."""
    maker_notes: bool = True
    """Whether to read maker notes, if the extra for them is installed."""
    creates_catalogue: bool = True
    """Create a missing catalogue when it is first used, instead of raising CatalogueError."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """One object, its S3 headers and its metadata, read just now."""

    source: Source
    facts: ObjectFacts
    record: Record
    version_id: str = ""
    """The requested version; empty for the latest."""


class Workspace:
    """A catalogue, its engine and the S3 clients. Thread-safe; every method blocks."""

    def __init__(self, options: WorkspaceOptions) -> None:
        self.options = options
        self._lock = threading.RLock()
        self._clients: dict[Access, S3] = {}
        self._access_by_source: dict[Source, Access] = {}
        self._catalogue: Catalogue | None = None
        self._engine: EngineProcess | None = None
        self._image_decoder: ImageDecoder | None = None
        self._maker_notes: MakerNoteReader | None = None
        self._viewer: ImageViewer | None = None
        self._thumbnail_cache = ThumbnailCache(options.state_dir / "thumbnails")
        self.on_upgrade: Callable[[int], object] | None = None
        """Called with the size in bytes of a catalogue before it is upgraded, in any thread."""

    # ------------------------------------------------------------------- S3

    def buckets(self, access: Access | None = None) -> tuple[BucketInfo, ...]:
        """The buckets that the credentials can see."""
        return self._client(access or self.options.access).list_buckets()

    def source(self, bucket: str, access: Access | None = None) -> Source:
        """The source for a bucket name and a way to reach it."""
        access = access or self.options.access
        source = self._client(access).source(bucket)
        with self._lock:
            self._access_by_source[source] = access
        return source

    def page(
        self, source: Source, prefix: str = "", *, start_after: str = "", limit: int = 1000
    ) -> Page:
        """One page of the prefixes and objects directly under `prefix`."""
        return self._client_of(source).list_page(
            source.bucket, prefix, start_after=start_after, limit=limit
        )

    def inspect(self, source: Source, key: str, version_id: str = "") -> Inspection:
        """Read an object's headers and metadata from S3, without the catalogue."""
        from tasveer_tui.exif import read

        facts = self._client_of(source).head_object(source.bucket, key, version_id)
        fetch = self._fetch(source, key, facts.ref.etag, version_id)
        record = read(fetch, maker_notes=self._maker_note_reader())
        return Inspection(source, facts, record, version_id)

    def versions(self, source: Source, key: str) -> tuple[ObjectVersion, ...]:
        """The versions that the bucket keeps of an object, the newest first."""
        return self._client_of(source).list_versions(source.bucket, key)

    def thumbnail(
        self,
        source: Source,
        key: str,
        record: Record,
        width: int,
        height: int,
        version_id: str = "",
    ) -> Pixels:
        """The embedded thumbnail within `width`×`height` pixels; 0×0 where there is none."""
        from tasveer_tui.exif import Pixels, thumbnail

        data = self._thumbnail_cache.get(source, key, record.etag) if record.etag else None
        if data is None:
            data = thumbnail(self._fetch(source, key, record.etag, version_id), record)
            if data and record.etag:
                self._thumbnail_cache.put(source, key, record.etag, data)
        if not data:
            return Pixels(0, 0, b"")
        return self.decode_image(data, width, height, record.facts.orientation or 1)

    def decode_image(self, data: bytes, width: int, height: int, orientation: int = 1) -> Pixels:
        """A picture's pixels within `width`×`height`. Raises ImageError."""
        from tasveer_tui.exif import ImageDecoder

        with self._lock:
            pictures = self._image_decoder = self._image_decoder or ImageDecoder()
        return pictures.decode(data, width, height, orientation)

    def fetch(self, source: Source, ref: ObjectRef, version_id: str = "") -> Iterator[bytes]:
        """Fetch the whole object in chunks, one request each. Close the iterator to stop."""
        from tasveer_tui.workspace.viewer import fetch_chunks

        yield from fetch_chunks(self._fetch(source, ref.key, ref.etag, version_id), ref)

    @property
    def viewer(self) -> ImageViewer:
        """Opens pictures in the system's own program."""
        from tasveer_tui.workspace.viewer import ImageViewer

        with self._lock:
            self._viewer = self._viewer or ImageViewer()
            return self._viewer

    def download(
        self, spec: JobSpec, folder: Path, *, overwrites: bool = False, below: str = ""
    ) -> Iterator[Download]:
        """Download the selection into a folder; see `downloads.download`."""
        from tasveer_tui.workspace.downloads import download

        yield from download(
            self._client(spec.access), spec, folder, overwrites=overwrites, below=below
        )

    def presign(self, source: Source, key: str, expires_s: int = 3600) -> str:
        """A URL with which anybody can read this object for `expires_s` seconds."""
        return self._client_of(source).presign(source.bucket, key, expires_s)

    def identity(self, access: Access | None = None) -> str:
        """Who signs the requests, without a secret."""
        return self._client(access or self.options.access).identity()

    def access_of(self, source: Source) -> Access:
        """How this source is reached: as browsed in this session, else as last ingested."""
        with self._lock:
            if source in self._access_by_source:
                return self._access_by_source[source]
        known = {view.source: view.access for view in self.sources()}
        access = known.get(source, self.options.access)
        with self._lock:
            return self._access_by_source.setdefault(source, access)

    def refresh_credentials(self, access: Access) -> None:
        """Look for credentials again at the next request: the user may have logged in."""
        with self._lock:
            client = self._clients.pop(access, None)
        if client is not None:
            client.close()

    def profiles(self) -> tuple[str, ...]:
        """The profiles of the AWS configuration; none if it cannot be read."""
        from tasveer_tui.s3.session import profiles

        return profiles()

    def _client_of(self, source: Source) -> S3:
        return self._client(self.access_of(source))

    def _client(self, access: Access) -> S3:
        from tasveer_tui.s3 import S3

        with self._lock:
            if access not in self._clients:
                self._clients[access] = S3(access)
            return self._clients[access]

    def _maker_note_reader(self) -> MakerNoteReader | None:
        from tasveer_tui.exif import MakerNoteReader

        if not self.options.maker_notes or not MakerNoteReader.is_installed():
            return None
        with self._lock:
            self._maker_notes = self._maker_notes or MakerNoteReader()
            return self._maker_notes

    def _fetch(self, source: Source, key: str, etag: str, version_id: str = "") -> Fetch:
        read = self._client_of(source).read_range
        return partial(read, source.bucket, key, etag=etag, version_id=version_id)

    # ------------------------------------------------------------ catalogue

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, opened when first used.

        Raises CatalogueError if there is no file and the options do not allow creating one.
        """
        from tasveer_tui.catalogue import Catalogue

        with self._lock:
            if self._catalogue is None:
                self._catalogue = Catalogue(
                    self.options.db,
                    create=self.options.creates_catalogue,
                    on_upgrade=self.on_upgrade,
                )
            return self._catalogue

    @property
    def has_catalogue(self) -> bool:
        """Whether the catalogue's file exists."""
        return self._catalogue is not None or self.options.db.exists()

    def finder(self) -> Finder:
        """Searches for the calling thread, on its own connection."""
        from datetime import datetime

        from tasveer_tui.catalogue.search import Finder

        # "today" in a search is the user's local day, as cameras write local time.
        return Finder(self.catalogue.reader(), now=datetime.now().astimezone())

    def sources(self) -> tuple[SourceView, ...]:
        """The sources in the catalogue. Creates no file."""
        return self.catalogue.sources() if self.has_catalogue else ()

    def ingest_states(self, source: Source, prefixes: Sequence[str]) -> dict[str, IngestState]:
        """What the catalogue knows of these prefixes."""
        return self.catalogue.ingest_states(source, prefixes) if self.has_catalogue else {}

    def object_states(self, source: Source, refs: Sequence[ObjectRef]) -> dict[str, IngestState]:
        """What the catalogue knows of these objects, by key."""
        return self.catalogue.object_states(source, refs) if self.has_catalogue else {}

    def unchanged(self, source: Source, refs: Sequence[ObjectRef]) -> frozenset[str]:
        """The keys that a job would not read again."""
        return self.catalogue.unchanged(source, refs) if self.has_catalogue else frozenset()

    def outcomes(self) -> tuple[tuple[Outcome, int], ...]:
        """The number of images by outcome, the most frequent first."""
        return self.catalogue.outcomes()

    # ----------------------------------------------------------------- jobs

    @property
    def engine(self) -> EngineProcess:
        """The handle on this catalogue's engine process."""
        from tasveer_tui.jobs import EngineProcess

        with self._lock:
            if self._engine is None:
                self._engine = EngineProcess(
                    self.options.db,
                    self.options.broker_url,
                    log=self.options.state_dir / "engine.log",
                    concurrency=self.options.concurrency,
                    maker_notes=self.options.maker_notes,
                )
            return self._engine

    def estimate(self, spec: JobSpec) -> Iterator[Estimate]:
        """Estimate a job, page by page; the last estimate is final."""
        from tasveer_tui.workspace.estimate import EstimateInputs, estimate

        jobs = self.catalogue.jobs(MAX_RECENT_JOBS) if self.has_catalogue else ()
        inputs = EstimateInputs(self.unchanged, jobs, self.options.request_price)
        yield from estimate(self._client(spec.access), spec, inputs)

    def dispatch(self, spec: JobSpec) -> int:
        """Add the job to the ledger and start an engine if none runs. Returns the job's id."""
        job_id = self.catalogue.add_job(spec)
        self.engine.ensure_running()
        return job_id

    def watch(self, spec: JobSpec, every_s: float) -> int:
        """List this again at an interval and read what is new. Returns the watch's id."""
        watch_id = self.catalogue.watch(spec, every_s)
        self.engine.ensure_running()
        return watch_id

    def unwatch(self, watch_id: int) -> None:
        """End a watch; a round in progress continues."""
        self.catalogue.unwatch(watch_id)

    def watches(self) -> tuple[WatchView, ...]:
        """The watches. Creates no file."""
        return self.catalogue.watches() if self.has_catalogue else ()

    def has_work(self) -> bool:
        """Whether there is a job or a watch that needs an engine."""
        if not self.has_catalogue:
            return False
        return any(job.state.is_active for job in self.catalogue.jobs(50)) or bool(self.watches())

    def close(self) -> None:
        """End the engine that this program started, and close every connection."""
        with self._lock:
            engine, catalogue, clients = self._engine, self._catalogue, self._clients
            self._engine, self._catalogue, self._clients = None, None, {}
            helpers = (self._image_decoder, self._maker_notes, self._viewer)
            self._image_decoder, self._maker_notes, self._viewer = None, None, None
        if engine is not None:
            engine.close()
        for helper in helpers:
            if helper is not None:
                helper.close()
        for client in clients.values():
            client.close()
        if catalogue is not None:
            catalogue.close()


def upgrade_text(size_bytes: int) -> str:
    """What to show while a catalogue of this size is upgraded; empty if it takes no time."""
    if size_bytes < MIN_REPORTED_UPGRADE_BYTES:
        return ""
    return (
        f"An earlier version wrote the catalogue ({size_text(size_bytes)}). It is upgraded first, "
        "once; that may take some minutes."
    )
