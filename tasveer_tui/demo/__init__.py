"""A bucket of 300 generated photographs, served over S3, for trying the program.

    bucket.py         the objects: keys, and the outcome that each must have
    itinerary.py      trips, stops and shots: where, when and with which camera
    camera.py         cameras, lenses and exposure
    images.py         paints a shot and encodes it with its metadata (metadata.py)
    oddities.py       broken, empty and hostile objects
    canvas.py sky.py scenes/    drawing
    painter.py        paints in several processes, and caches the result
    server.py         starts and stops server_process.py, which serves the bucket with moto

Importing this package imports neither Pillow nor moto.
"""

from tasveer_tui.demo.install import ensure_installed
from tasveer_tui.demo.server import DemoServer

__all__ = ["DemoServer", "ensure_installed"]
