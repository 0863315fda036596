"""The process of the demo's S3 server (moto). `DemoServer` starts it.

Run as `python -m tasveer_tui.demo.server_process`. It writes lines of JSON to its output: several
`{"painted": n, "of": n}`, then `{"port": n}`. It ends when its input is closed, and so when its
parent ends, even by SIGKILL.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tasveer_tui.demo.bucket import BUCKET, demo_objects
from tasveer_tui.demo.painter import (
    PaintedObject,
    PainterPool,
    cache_path,
    load_cached,
    open_cache_writer,
)

if TYPE_CHECKING:
    from pathlib import Path

_REGION = "us-east-1"
_REPORT_EVERY_OBJECTS = 10


class BucketFiller:
    """Puts painted objects into moto's bucket; thread-safe."""

    def __init__(self, backend: Any, total: int) -> None:  # noqa: ANN401 - moto has no types
        self._backend, self._total = backend, total
        self._lock = threading.Lock()
        self._count = 0

    def put(self, painted: PaintedObject) -> None:
        """Put one object, with the time of its pretended upload as LastModified."""
        with self._lock:
            key = self._backend.put_object(BUCKET, painted.key, painted.data)
            key.set_metadata({"content-type": painted.content_type})
            uploaded = datetime.fromtimestamp(painted.modified_at, UTC)
            key.last_modified = uploaded.replace(tzinfo=None)
            self._count += 1
            if self._count % _REPORT_EVERY_OBJECTS == 0:
                _report(painted=self._count, of=self._total)


def main() -> None:
    """Fill the bucket, then serve it until the parent ends."""
    threading.Thread(target=_exit_with_parent, name="parent", daemon=True).start()
    total, path = len(demo_objects()), cache_path()
    painters = None if path.exists() else PainterPool()  # paint while moto is imported
    backend, serve = _create_moto_server()
    filler = BucketFiller(backend, total)
    if painters is not None or not load_cached(path, filler.put, total):
        _paint_and_cache(painters or PainterPool(), filler, path)
    serve()


def _paint_and_cache(painters: PainterPool, filler: BucketFiller, path: Path) -> None:
    with open_cache_writer(path) as write_to_cache:
        lock = threading.Lock()

        def put(painted: PaintedObject) -> None:
            filler.put(painted)
            with lock:
                write_to_cache(painted)

        painters.collect(put)


def _create_moto_server() -> tuple[Any, Any]:
    """The backend that stores the objects, and a function that serves them forever."""
    os.environ.setdefault("MOTO_S3_DEFAULT_KEY_BUFFER_SIZE", str(64 * 1024**2))
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.moto_server.werkzeug_app import create_backend_app
    from moto.s3.models import s3_backends
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Log nothing: the demo sends hundreds of requests."""

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    backend.create_bucket(BUCKET, _REGION)
    server = make_server(
        "127.0.0.1", 0, create_backend_app("s3"), threaded=True, request_handler=Handler
    )

    def serve() -> None:
        _report(port=server.server_port)
        server.serve_forever()

    return backend, serve


def _report(**progress: int) -> None:
    sys.stdout.write(json.dumps(progress) + "\n")
    sys.stdout.flush()


def _exit_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
