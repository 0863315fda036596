"""Cameras and lenses that exist, with the limits that shape what they write."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kit:
    """A camera body and the lens on it."""

    make: str
    model: str
    lens: str
    """LensModel as this maker writes it; empty where the maker writes none."""
    zoom_mm: tuple[float, float]
    open_f: tuple[float, float]
    """Widest aperture at the short and at the long end."""
    crop: float
    """Focal length times this is the 35 mm equivalent."""
    base_iso: int
    highest_iso: int
    """Past this the photographer takes a tripod."""
    serial: str
    lens_serial: str
    software: str
    file_name: str
    """A pattern over the running number, or over the time with strftime's signs."""
    aspect: tuple[int, int] = (3, 2)
    is_fixed_f: bool = False
    """Phones and drones: the aperture cannot be set."""
    has_gps: bool = False
    is_big_endian: bool = False

    def widest_f(self, focal_mm: float) -> float:
        """The widest aperture at this focal length, in between the ends by ratio."""
        (short, long), (at_short, at_long) = self.zoom_mm, self.open_f
        if long == short or at_short == at_long:
            return at_short
        share = (focal_mm - short) / (long - short)
        return round(at_short + share * (at_long - at_short), 1)


KITS = {
    "5d3": Kit(
        "Canon", "Canon EOS 5D Mark III", "EF24-70mm f/2.8L II USM", (24, 70), (2.8, 2.8), 1.0,
        100, 3200, "043021002517", "0000c13a5f", "Firmware Version 1.3.5", "IMG_{:04d}.JPG",
    ),
    "5d3-wide": Kit(
        "Canon", "Canon EOS 5D Mark III", "EF16-35mm f/4L IS USM", (16, 35), (4.0, 4.0), 1.0,
        100, 3200, "043021002517", "00004d2e18", "Firmware Version 1.3.5", "IMG_{:04d}.JPG",
    ),
    "r5": Kit(
        "Canon", "Canon EOS R5", "RF24-105mm F4 L IS USM", (24, 105), (4.0, 4.0), 1.0,
        100, 6400, "032024001187", "4120003561", "Firmware Version 1.6.0", "IMG_{:04d}.JPG",
    ),
    "r5-macro": Kit(
        "Canon", "Canon EOS R5", "RF100mm F2.8 L MACRO IS USM", (100, 100), (2.8, 2.8), 1.0,
        100, 6400, "032024001187", "5401000923", "Firmware Version 1.6.0", "IMG_{:04d}.JPG",
    ),
    "d750": Kit(
        "NIKON CORPORATION", "NIKON D750", "24.0-120.0 mm f/4.0", (24, 120), (4.0, 4.0), 1.0,
        100, 3200, "6081734", "62114507", "Ver.1.15", "DSC_{:04d}.JPG", is_big_endian=True,
    ),
    "z6": Kit(
        "NIKON CORPORATION", "NIKON Z 6", "NIKKOR Z 24-70mm f/4 S", (24, 70), (4.0, 4.0), 1.0,
        100, 6400, "6045120", "20117744", "Ver.02.20", "DSC_{:04d}.jpg", has_gps=True,
    ),
    "a7m3": Kit(
        "SONY", "ILCE-7M3", "FE 24-105mm F4 G OSS", (24, 105), (4.0, 4.0), 1.0,
        100, 6400, "4512093", "", "ILCE-7M3 v2.10", "DSC{:05d}.JPG",
    ),
    "a7m3-fast": Kit(
        "SONY", "ILCE-7M3", "24mm F1.4 DG HSM | Art 015", (24, 24), (1.4, 1.4), 1.0,
        100, 1600, "4512093", "", "ILCE-7M3 v2.10", "DSC{:05d}.JPG",
    ),
    "xt3": Kit(
        "FUJIFILM", "X-T3", "XF18-55mmF2.8-4 R LM OIS", (18, 55), (2.8, 4.0), 1.5,
        160, 3200, "8AQ04417", "63B91208", "Digital Camera X-T3 Ver3.20", "DSCF{:04d}.JPG",
    ),
    "xt3-macro": Kit(
        "FUJIFILM", "X-T3", "XF80mmF2.8 R LM OIS WR Macro", (80, 80), (2.8, 2.8), 1.5,
        160, 3200, "8AQ04417", "7AA01663", "Digital Camera X-T3 Ver3.20", "DSCF{:04d}.JPG",
    ),
    "q2": Kit(
        "LEICA CAMERA AG", "LEICA Q2", "SUMMILUX 1:1.7/28 ASPH.", (28, 28), (1.7, 1.7), 1.0,
        100, 6400, "5519042", "", "LEICA Q2 Ver. 4.0", "L{:07d}.JPG",
    ),
    "mavic": Kit(
        "DJI", "FC3170", "", (4.5, 4.5), (2.8, 2.8), 5.33,
        100, 1600, "", "", "10.01.00.23", "DJI_{:04d}.JPG",
        aspect=(4, 3), is_fixed_f=True, has_gps=True,
    ),
    "iphone": Kit(
        "Apple", "iPhone 12 Pro", "iPhone 12 Pro back triple camera 4.2mm f/1.6",
        (4.2, 4.2), (1.6, 1.6), 6.19, 32, 2000, "", "", "16.4.1", "IMG_{:04d}.JPG",
        aspect=(4, 3), is_fixed_f=True, has_gps=True, is_big_endian=True,
    ),
    "pixel": Kit(
        "Google", "Pixel 7", "Pixel 7 back camera 6.81mm f/1.85", (6.81, 6.81), (1.85, 1.85),
        3.53, 50, 3200, "", "", "HDR+ 1.0.540104767zd", "PXL_%Y%m%d_%H%M%S{:03d}.jpg",
        aspect=(4, 3), is_fixed_f=True, has_gps=True,
    ),
    "scanner": Kit(
        "Nikon", "Nikon SUPER COOLSCAN 5000 ED", "", (50, 50), (2.8, 2.8), 1.0,
        100, 100, "", "", "VueScan 9 x64 (9.7.99)", "frame-{:02d}.tif", is_fixed_f=True,
    ),
}  # fmt: skip
"""By the short names that the itinerary uses."""
