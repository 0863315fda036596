"""What enumerated values outside EXIF mean, in words of our own, by group and tag name."""

from tasveer_tui.exif.tables.codes import Code

_INTENTS: dict[Code, str] = {
    0: "Perceptual",
    1: "Relative colorimetric",
    2: "Saturation",
    3: "Absolute colorimetric",
}
_UNITS: dict[Code, str] = {0: "None", 1: "per inch", 2: "per cm"}
_URGENCIES: dict[Code, str] = {
    0: "0 (reserved)",
    1: "1 (most urgent)",
    5: "5 (normal)",
    8: "8 (least urgent)",
}
_MODES: dict[Code, str] = {
    0: "Bitmap",
    1: "Grey",
    2: "Indexed",
    3: "RGB",
    4: "CMYK",
    7: "Multichannel",
    8: "Duotone",
    9: "Lab",
}

WORDS: dict[str, dict[Code, str]] = {
    "File:ExifByteOrder": {
        "II": "Little-endian (Intel, II)",
        "MM": "Big-endian (Motorola, MM)",
    },
    "File:EncodingProcess": {
        0: "Baseline, Huffman",
        1: "Extended sequential, Huffman",
        2: "Progressive, Huffman",
        3: "Lossless, Huffman",
        9: "Extended sequential, arithmetic",
        10: "Progressive, arithmetic",
        11: "Lossless, arithmetic",
    },
    "JFIF:ResolutionUnit": _UNITS,
    "Adobe:ColorTransform": {0: "None (RGB or CMYK)", 1: "YCbCr", 2: "YCCK"},
    "PNG:ColorType": {
        0: "Grey",
        2: "RGB",
        3: "Palette",
        4: "Grey with alpha",
        6: "RGB with alpha",
    },
    "PNG:Compression": {0: "Deflate"},
    "PNG:Filter": {0: "Adaptive"},
    "PNG:Interlace": {0: "None", 1: "Adam7"},
    "PNG:SRGBRendering": _INTENTS,
    "PNG-pHYs:PixelUnits": {0: "Unknown", 1: "per metre"},
    "ICC-header:ProfileClass": {
        "scnr": "Input device",
        "mntr": "Display",
        "prtr": "Output device",
        "link": "Device link",
        "spac": "Colour space",
        "abst": "Abstract",
        "nmcl": "Named colours",
        "cenc": "Colour encoding space",
    },
    "ICC-header:RenderingIntent": _INTENTS,
    "ICC-header:PrimaryPlatform": {
        "APPL": "Apple",
        "MSFT": "Microsoft",
        "SGI": "Silicon Graphics",
        "SUNW": "Sun Microsystems",
        "TGNT": "Taligent",
    },
    "Photoshop:CopyrightFlag": {0: "Not protected", 1: "Protected"},
    "Photoshop:DisplayedUnitsX": {1: "inches", 2: "cm"},
    "Photoshop:DisplayedUnitsY": {1: "inches", 2: "cm"},
    "Photoshop:PhotoshopFormat": {0: "Standard", 1: "Optimised", 0x101: "Progressive"},
    "Photoshop:ColorMode": _MODES,
    "IPTC:Urgency": _URGENCIES,
    "IPTC:EnvelopePriority": _URGENCIES,
    "IPTC:ObjectCycle": {"a": "Morning", "p": "Evening", "b": "Both"},
    "IPTC:ImageOrientation": {"L": "Landscape", "P": "Portrait", "S": "Square"},
    "XMP-photoshop:ColorMode": _MODES,
    "XMP-photoshop:Urgency": _URGENCIES,
    "XMP-xmp:Rating": {-1: "Rejected"},
    "XMP-xmpDM:Pick": {-1: "Rejected", 0: "Undecided", 1: "Picked"},
    "XMP-exif:FlashReturn": {
        0: "No detection",
        2: "Return not detected",
        3: "Return detected",
    },
    "XMP-exif:FlashMode": {0: "Unknown", 1: "Forced", 2: "Switched off", 3: "Auto"},
}
"""Values that are not here are told as they are."""
