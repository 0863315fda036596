"""The demo's S3 server, in a process of its own, so that nothing of it touches the program.

Run as `python -m tasveer_tui.demo.serving` by `DemoServer`, never by a person. It writes lines
of JSON to its output, `{"painted": n, "of": n}` and at last `{"port": n}`, and ends when its
input does, however its parent ended.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from datetime import UTC, datetime
from typing import Any

from tasveer_tui.demo.bucket import BUCKET, demo_objects
from tasveer_tui.demo.cache import cache_path, load_cached, open_cache_writer
from tasveer_tui.demo.painter import PaintedObject, PainterPool

_REGION = "us-east-1"
_REPORT_EVERY_OBJECTS = 10


class BucketFiller:
    """Puts painted objects into moto's bucket; any thread may call."""

    def __init__(self, backend: Any, total: int) -> None:  # noqa: ANN401 - moto has no types
        self._backend, self._total = backend, total
        self._lock = threading.Lock()
        self._count = 0

    def put(self, painted: PaintedObject) -> None:
        """One object, as if it had been uploaded when its photographer did."""
        with self._lock:
            key = self._backend.put_object(BUCKET, painted.key, painted.data)
            key.set_metadata({"content-type": painted.content_type})
            uploaded = datetime.fromtimestamp(painted.modified_at, UTC)
            key.last_modified = uploaded.replace(tzinfo=None)
            self._count += 1
            if self._count % _REPORT_EVERY_OBJECTS == 0:
                _report(painted=self._count, of=self._total)


def main() -> None:
    """Fill the bucket, serve it, and wait for the parent to be gone."""
    threading.Thread(target=_exit_with_parent, name="parent", daemon=True).start()
    total, path = len(demo_objects()), cache_path()
    painters = None if path.exists() else PainterPool()  # they paint while moto is imported
    backend, serve = _create_moto_server()
    filler = BucketFiller(backend, total)
    if painters is not None or not load_cached(path, filler.put, total):
        _paint_and_cache(painters or PainterPool(), filler, path)
    serve()


def _paint_and_cache(painters: PainterPool, filler: BucketFiller, path: Any) -> None:  # noqa: ANN401
    with open_cache_writer(path) as keep_one:
        lock = threading.Lock()

        def put(painted: PaintedObject) -> None:
            filler.put(painted)
            with lock:
                keep_one(painted)

        painters.collect(put)


def _create_moto_server() -> tuple[Any, Any]:
    """The backend that holds the objects, and a function that serves them for ever."""
    os.environ.setdefault("MOTO_S3_DEFAULT_KEY_BUFFER_SIZE", str(64 * 1024**2))
    from moto.core.models import DEFAULT_ACCOUNT_ID
    from moto.moto_server.werkzeug_app import create_backend_app
    from moto.s3.models import s3_backends
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Say nothing: the demo reads every object at once."""

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


def _report(**news: int) -> None:
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


def _exit_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
