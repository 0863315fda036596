"""The tags that most photographs carry, with the numbers by which every catalogue knows them.

Two things rest on this list: a tag's id, and the first version's preset dictionary. Rows may
be appended; none may change, nor the cells below, or blobs written before could not be read.
"""

from __future__ import annotations

from functools import cache

KEY_TAG = ("S3", "Key")
"""Under this tag the search index keeps the segments of keys; no blob holds it."""
FIRST_FREE_ID = 1000
"""First id of tags that are not in this list; a catalogue numbers them as they occur."""

_ROWS: tuple[tuple[str, str, int, str, str], ...] = (
    # group, name, number, type, JSON of count, value and raw as a typical file has them
    ("S3", "Key", 0, "", ""),
    ("IFD1", "ImageDescription", 270, "ASCII", '1,"",""'),
    ("IFD1", "Make", 271, "ASCII", '6,"Canon",""'),
    ("IFD1", "Model", 272, "ASCII", '13,"Canon EOS 6D",""'),
    ("IFD1", "Software", 305, "ASCII", '10,"",""'),
    (
        "IFD1",
        "ModifyDate",
        306,
        "ASCII",
        '20,"2018:',
    ),
    ("IFD1", "ImageWidth", 256, "LONG", '1,160,""'),
    ("IFD1", "ImageHeight", 257, "LONG", '1,120,""'),
    ("IFD1", "YCbCrPositioning", 531, "SHORT", '1,2,""'),
    ("IFD0", "ProcessingSoftware", 11, "ASCII", '10,"'),
    ("IFD0", "SubfileType", 254, "LONG", '1,0,""'),
    ("IFD0", "BitsPerSample", 258, "SHORT", '3,[8,8,8],""'),
    ("IFD0", "Compression", 259, "SHORT", '1,1,""'),
    ("IFD0", "PhotometricInterpretation", 262, "SHORT", '1,2,""'),
    ("IFD0", "StripOffsets", 273, "LONG", "1,"),
    ("IFD0", "SamplesPerPixel", 277, "SHORT", '1,3,""'),
    ("IFD0", "RowsPerStrip", 278, "LONG", "1,"),
    ("IFD0", "StripByteCounts", 279, "LONG", "1,"),
    ("IFD0", "PlanarConfiguration", 284, "SHORT", '1,1,""'),
    ("IFD0", "HostComputer", 316, "ASCII", '10,"'),
    ("IFD0", "TileWidth", 322, "LONG", '1,512,""'),
    ("IFD0", "TileLength", 323, "LONG", '1,512,""'),
    ("IFD0", "Rating", 18246, "SHORT", '1,0,""'),
    ("IFD0", "RatingPercent", 18249, "SHORT", '1,0,""'),
    ("IFD0", "XPTitle", 40091, "BYTE", '20,"'),
    ("IFD0", "XPComment", 40092, "BYTE", '20,"'),
    ("IFD0", "XPAuthor", 40093, "BYTE", '20,"'),
    ("IFD0", "XPKeywords", 40094, "BYTE", '20,"'),
    ("IFD0", "XPSubject", 40095, "BYTE", '20,"'),
    ("IFD0", "DNGVersion", 50706, "BYTE", '4,"1 4 0 0",""'),
    ("IFD0", "UniqueCameraModel", 50708, "ASCII", '14,"'),
    ("File", "FileType", 0, "", '1,"JPEG",""'),
    ("File", "FileTypeExtension", 0, "", '1,"jpg",""'),
    ("File", "MIMEType", 0, "", '1,"image/jpeg",""'),
    ("File", "Comment", 0, "", '1,"'),
    ("File", "EncodingProcess", 0, "", '1,0,""'),
    ("File", "YCbCrSubSampling", 0, "", '1,"2 2",""'),
    ("ICC_Profile", "ProfileDescription", 0, "", '1,"sRGB IEC61966-2.1",""'),
    ("PNG", "Software", 0, "", '1,"'),
    ("PNG", "Comment", 0, "", '1,"'),
    ("PNG", "BitDepth", 0, "", '1,8,""'),
    ("PNG", "ColorType", 0, "", '1,6,""'),
    ("IPTC", "ObjectName", 5, "", '1,"'),
    ("IPTC", "Keywords", 25, "", '1,["'),
    ("IPTC", "DateCreated", 55, "", '1,"2018:'),
    ("IPTC", "TimeCreated", 60, "", '1,"12:00:00+00:00",""'),
    ("IPTC", "By-line", 80, "", '1,"'),
    ("IPTC", "City", 90, "", '1,"'),
    ("IPTC", "Province-State", 95, "", '1,"'),
    ("IPTC", "Country-PrimaryLocationName", 101, "", '1,"'),
    ("IPTC", "Headline", 105, "", '1,"'),
    ("IPTC", "Credit", 110, "", '1,"'),
    ("IPTC", "Source", 115, "", '1,"'),
    ("IPTC", "CopyrightNotice", 116, "", '1,"'),
    ("IPTC", "Caption-Abstract", 120, "", '1,"'),
    ("IPTC", "ApplicationRecordVersion", 0, "", '1,4,""'),
    ("XMP-crs", "RawFileName", 0, "", '1,"DSC_'),
    ("XMP-crs", "Version", 0, "", "1,"),
    ("XMP-xmpMM", "HistoryAction", 0, "", '2,["saved","converted","derived",'),
    ("XMP-xmpMM", "HistoryInstanceID", 0, "", '2,["xmp.iid:'),
    ("XMP-xmpMM", "HistoryWhen", 0, "", '2,["2018:'),
    ("XMP-xmpMM", "HistorySoftwareAgent", 0, "", '2,["Adobe Photoshop CC (Windows)",'),
    ("XMP-xmpMM", "HistoryChanged", 0, "", '2,["/","/metadata"],""'),
    ("XMP-xmpMM", "HistoryParameters", 0, "", '2,["'),
    ("XMP-xmpMM", "DerivedFromInstanceID", 0, "", '1,"uuid:'),
    ("XMP-xmpMM", "DerivedFromDocumentID", 0, "", '1,"xmp.did:'),
    ("XMP-xmpMM", "DerivedFromOriginalDocumentID", 0, "", '1,"xmp.did:'),
    ("XMP-exif", "NativeDigest", 0, "", '1,"36864,40960,40961,37121,37122,40962,40963'),
    ("XMP-tiff", "NativeDigest", 0, "", '1,"256,257,258,259,262,274,277,284,530,531,282,283,296'),
    ("XMP-exif", "FlashFired", 0, "", '1,"False",""'),
    ("XMP-exif", "FlashReturn", 0, "", '1,0,""'),
    ("XMP-exif", "FlashMode", 0, "", '1,2,""'),
    ("XMP-exif", "FlashFunction", 0, "", '1,"False",""'),
    ("XMP-exif", "FlashRedEyeMode", 0, "", '1,"False",""'),
    ("XMP-exif", "DateTimeOriginal", 0, "", '1,"2018:'),
    ("XMP-exif", "DateTimeDigitized", 0, "", '1,"2018:'),
    ("XMP-exif", "ExposureTime", 0, "", "1,"),
    ("XMP-exif", "FNumber", 0, "", "1,"),
    ("XMP-exif", "ISO", 0, "", "1,[100]"),
    ("XMP-exif", "FocalLength", 0, "", "1,"),
    ("XMP-exif", "ExposureCompensation", 0, "", '1,0,""'),
    ("XMP-exif", "MeteringMode", 0, "", '1,5,""'),
    ("XMP-exif", "ColorSpace", 0, "", '1,1,""'),
    ("XMP-exif", "ExifVersion", 0, "", '1,"0221",""'),
    ("XMP-exif", "ExifImageWidth", 0, "", "1,"),
    ("XMP-exif", "ExifImageHeight", 0, "", "1,"),
    ("XMP-tiff", "Make", 0, "", '1,"Canon",""'),
    ("XMP-tiff", "Model", 0, "", '1,"Canon EOS 5D",""'),
    ("XMP-tiff", "Orientation", 0, "", '1,1,""'),
    ("XMP-tiff", "XResolution", 0, "", '1,72,""'),
    ("XMP-tiff", "YResolution", 0, "", '1,72,""'),
    ("XMP-tiff", "ResolutionUnit", 0, "", '1,2,""'),
    ("XMP-microsoft", "Rating", 0, "", '1,0,""'),
    ("PrintIM", "PrintIMVersion", 50341, "UNDEFINED", '28,"0300",""'),
    ("IFD0", "Predictor", 317, "SHORT", '1,2,""'),
    ("ExifIFD", "ExposureIndex", 41493, "RATIONAL", "1,"),
    ("InteropIFD", "RelatedImageWidth", 4097, "SHORT", "1,"),
    ("InteropIFD", "RelatedImageHeight", 4098, "SHORT", "1,"),
    ("XMP-x", "XMPToolkit", 0, "", '1,"Adobe XMP Core 5.6-c140 79.160451",""'),
    ("XMP-xmp", "CreatorTool", 0, "", '1,"Adobe Photoshop Lightroom Classic 9.2 (Macintosh)",""'),
    ("XMP-xmp", "CreateDate", 0, "", '1,"2018:'),
    ("XMP-xmp", "ModifyDate", 0, "", '1,"2019:'),
    ("XMP-xmp", "MetadataDate", 0, "", '1,"2019:'),
    ("XMP-xmp", "Rating", 0, "", '1,0,""'),
    ("XMP-xmp", "Label", 0, "", '1,"'),
    ("XMP-dc", "Format", 0, "", '1,"image/jpeg",""'),
    ("XMP-dc", "Creator", 0, "", '1,["'),
    ("XMP-dc", "Rights", 0, "", '1,"'),
    ("XMP-dc", "Title", 0, "", '1,"'),
    ("XMP-dc", "Description", 0, "", '1,"'),
    ("XMP-dc", "Subject", 0, "", '1,["'),
    ("XMP-photoshop", "DateCreated", 0, "", '1,"2018:'),
    ("XMP-photoshop", "ColorMode", 0, "", '1,3,""'),
    ("XMP-photoshop", "ICCProfileName", 0, "", '1,"sRGB IEC61966-2.1",""'),
    ("XMP-photoshop", "City", 0, "", '1,"'),
    ("XMP-photoshop", "Country", 0, "", '1,"'),
    ("XMP-photoshop", "Headline", 0, "", '1,"'),
    ("XMP-photoshop", "Credit", 0, "", '1,"'),
    ("XMP-xmpMM", "InstanceID", 0, "", '1,"xmp.iid:'),
    ("XMP-xmpMM", "DocumentID", 0, "", '1,"xmp.did:'),
    ("XMP-xmpMM", "OriginalDocumentID", 0, "", '1,"xmp.did:'),
    ("XMP-xmpRights", "Marked", 0, "", '1,"True",""'),
    ("XMP-aux", "Lens", 0, "", '1,"EF24-105mm f/4L IS USM",""'),
    ("XMP-aux", "LensID", 0, "", '1,"'),
    ("XMP-aux", "SerialNumber", 0, "", '1,"'),
    ("XMP-aux", "ImageNumber", 0, "", "1,"),
    ("InteropIFD", "InteropIndex", 1, "ASCII", '4,"R98",""'),
    ("InteropIFD", "InteropVersion", 2, "UNDEFINED", '4,"0100",""'),
    ("GPS", "GPSProcessingMethod", 27, "UNDEFINED", '14,"'),
    ("GPS", "GPSDOP", 11, "RATIONAL", "1,"),
    ("GPS", "GPSMeasureMode", 10, "ASCII", '2,"3",""'),
    ("GPS", "GPSSatellites", 8, "ASCII", '3,"'),
    ("GPS", "GPSStatus", 9, "ASCII", '2,"A",""'),
    ("GPS", "GPSMapDatum", 18, "ASCII", '7,"WGS-84",""'),
    ("GPS", "GPSSpeedRef", 12, "ASCII", '2,"K",""'),
    ("GPS", "GPSSpeed", 13, "RATIONAL", '1,0,"0/1"'),
    ("GPS", "GPSTrackRef", 14, "ASCII", '2,"T",""'),
    ("GPS", "GPSTrack", 15, "RATIONAL", "1,"),
    ("GPS", "GPSImgDirectionRef", 16, "ASCII", '2,"T",""'),
    ("GPS", "GPSImgDirection", 17, "RATIONAL", "1,"),
    ("GPS", "GPSDestBearingRef", 23, "ASCII", '2,"T",""'),
    ("GPS", "GPSDestBearing", 24, "RATIONAL", "1,"),
    ("GPS", "GPSHPositioningError", 31, "RATIONAL", "1,"),
    ("GPS", "GPSDateStamp", 29, "ASCII", '11,"2018:'),
    ("GPS", "GPSTimeStamp", 7, "RATIONAL", '3,"12:00:00","'),
    ("GPS", "GPSVersionID", 0, "BYTE", '4,"2 3 0 0",""'),
    ("GPS", "GPSLatitudeRef", 1, "ASCII", '2,"N",""'),
    ("GPS", "GPSLatitude", 2, "RATIONAL", "3,4"),
    ("GPS", "GPSLongitudeRef", 3, "ASCII", '2,"E",""'),
    ("GPS", "GPSLongitude", 4, "RATIONAL", "3,"),
    ("GPS", "GPSAltitudeRef", 5, "BYTE", '1,0,""'),
    ("GPS", "GPSAltitude", 6, "RATIONAL", "1,"),
    ("IFD0", "ImageWidth", 256, "SHORT", "1,"),
    ("IFD0", "ImageHeight", 257, "SHORT", "1,"),
    ("IFD0", "ImageDescription", 270, "ASCII", '32,"'),
    ("IFD0", "Artist", 315, "ASCII", '1,"'),
    ("IFD0", "Copyright", 33432, "ASCII", '1,"'),
    ("IFD0", "YCbCrPositioning", 531, "SHORT", '1,2,""'),
    ("ExifIFD", "OwnerName", 42032, "ASCII", '1,"'),
    ("ExifIFD", "Gamma", 42240, "RATIONAL", '1,2.2,"22/10"'),
    ("ExifIFD", "ImageUniqueID", 42016, "ASCII", '33,"'),
    ("ExifIFD", "CompressedBitsPerPixel", 37122, "RATIONAL", '1,4,"4/1"'),
    ("ExifIFD", "BrightnessValue", 37379, "SRATIONAL", "1,"),
    ("ExifIFD", "SubjectDistance", 37382, "RATIONAL", '1,0,"0/1000"'),
    ("ExifIFD", "LightSource", 37384, "SHORT", '1,0,""'),
    ("ExifIFD", "SubjectArea", 37396, "SHORT", '4,"'),
    ("ExifIFD", "UserComment", 37510, "UNDEFINED", '264,"","'),
    ("ExifIFD", "CFAPattern", 41730, "UNDEFINED", '8,"(Binary data 8 bytes)",""'),
    ("ExifIFD", "SubjectDistanceRange", 41996, "SHORT", '1,0,""'),
    ("ExifIFD", "GainControl", 41991, "SHORT", '1,1,""'),
    ("ExifIFD", "Contrast", 41992, "SHORT", '1,0,""'),
    ("ExifIFD", "Saturation", 41993, "SHORT", '1,0,""'),
    ("ExifIFD", "Sharpness", 41994, "SHORT", '1,0,""'),
    ("ExifIFD", "DigitalZoomRatio", 41988, "RATIONAL", '1,1,"1/1"'),
    ("ExifIFD", "FileSource", 41728, "UNDEFINED", '1,3,""'),
    ("ExifIFD", "SceneType", 41729, "UNDEFINED", '1,1,""'),
    ("ExifIFD", "SensingMethod", 41495, "SHORT", '1,2,""'),
    ("ExifIFD", "FocalPlaneXResolution", 41486, "RATIONAL", "1,"),
    ("ExifIFD", "FocalPlaneYResolution", 41487, "RATIONAL", "1,"),
    ("ExifIFD", "FocalPlaneResolutionUnit", 41488, "SHORT", '1,2,""'),
    ("ExifIFD", "FlashpixVersion", 40960, "UNDEFINED", '4,"0100",""'),
    ("ExifIFD", "ComponentsConfiguration", 37121, "UNDEFINED", '4,"1 2 3 0",""'),
    ("ExifIFD", "OffsetTime", 36880, "ASCII", '7,"+02:00",""'),
    ("ExifIFD", "OffsetTimeOriginal", 36881, "ASCII", '7,"+02:00",""'),
    ("ExifIFD", "OffsetTimeDigitized", 36882, "ASCII", '7,"+01:00",""'),
    ("ExifIFD", "SubSecTime", 37520, "ASCII", '3,"00",""'),
    ("ExifIFD", "SubSecTimeOriginal", 37521, "ASCII", '3,"00",""'),
    ("ExifIFD", "SubSecTimeDigitized", 37522, "ASCII", '3,"00",""'),
    ("ExifIFD", "SensitivityType", 34864, "SHORT", '1,2,""'),
    ("ExifIFD", "RecommendedExposureIndex", 34866, "LONG", '1,100,""'),
    ("ExifIFD", "SerialNumber", 42033, "ASCII", '13,"'),
    ("ExifIFD", "LensSerialNumber", 42037, "ASCII", '11,"'),
    ("ExifIFD", "LensInfo", 42034, "RATIONAL", '4,"24 70 2.8 2.8",""'),
    ("ExifIFD", "LensMake", 42035, "ASCII", '6,"Apple",""'),
    ("ExifIFD", "LensModel", 42036, "ASCII", '23,"EF24-70mm f/2.8L II USM",""'),
    ("ExifIFD", "MakerNote", 37500, "UNDEFINED", '8000,"(Binary data 8000 bytes)",""'),
    ("ExifIFD", "MaxApertureValue", 37381, "RATIONAL", '1,2.8,"28/10"'),
    ("ExifIFD", "ShutterSpeedValue", 37377, "SRATIONAL", '1,0.008,"'),
    ("ExifIFD", "ApertureValue", 37378, "RATIONAL", '1,2.8,"'),
    ("ExifIFD", "FocalLengthIn35mmFormat", 41989, "SHORT", '1,50,""'),
    ("ExifIFD", "SceneCaptureType", 41990, "SHORT", '1,0,""'),
    ("ExifIFD", "CustomRendered", 41985, "SHORT", '1,0,""'),
    ("ExifIFD", "ExposureMode", 41986, "SHORT", '1,0,""'),
    ("ExifIFD", "WhiteBalance", 41987, "SHORT", '1,0,""'),
    ("ExifIFD", "ColorSpace", 40961, "SHORT", '1,1,""'),
    ("ExifIFD", "ExifImageWidth", 40962, "LONG", "1,"),
    ("ExifIFD", "ExifImageHeight", 40963, "LONG", "1,"),
    ("ExifIFD", "ExifVersion", 36864, "UNDEFINED", '4,"0230",""'),
    ("ExifIFD", "MeteringMode", 37383, "SHORT", '1,5,""'),
    ("ExifIFD", "Flash", 37385, "SHORT", '1,16,""'),
    ("ExifIFD", "ExposureProgram", 34850, "SHORT", '1,2,""'),
    ("ExifIFD", "ExposureCompensation", 37380, "SRATIONAL", '1,0,"0/1"'),
    ("IFD1", "Compression", 259, "SHORT", '1,6,""'),
    ("IFD1", "Orientation", 274, "SHORT", '1,1,""'),
    ("IFD1", "XResolution", 282, "RATIONAL", '1,72,"72/1"'),
    ("IFD1", "YResolution", 283, "RATIONAL", '1,72,"72/1"'),
    ("IFD1", "ResolutionUnit", 296, "SHORT", '1,2,""'),
    ("IFD1", "ThumbnailOffset", 513, "LONG", "1,"),
    ("IFD1", "ThumbnailLength", 514, "LONG", "1,"),
    ("File", "ImageWidth", 0, "", "1,"),
    ("File", "ImageHeight", 0, "", "1,"),
    ("File", "BitsPerSample", 0, "", '1,8,""'),
    ("File", "ColorComponents", 0, "", '1,3,""'),
    ("File", "ExifByteOrder", 0, "", '1,"II",""'),
    ("IFD0", "Make", 271, "ASCII", '6,"Canon",""'),
    ("IFD0", "Model", 272, "ASCII", '22,"Canon EOS 5D Mark III",""'),
    ("IFD0", "Orientation", 274, "SHORT", '1,1,""'),
    ("IFD0", "XResolution", 282, "RATIONAL", '1,72,"72/1"'),
    ("IFD0", "YResolution", 283, "RATIONAL", '1,72,"72/1"'),
    ("IFD0", "ResolutionUnit", 296, "SHORT", '1,2,""'),
    ("IFD0", "Software", 305, "ASCII", '12,"Adobe Photoshop Lightroom 6.0 (Windows)",""'),
    ("IFD0", "ModifyDate", 306, "ASCII", '20,"2019:'),
    ("ExifIFD", "ExposureTime", 33434, "RATIONAL", '1,0.004,"1/250"'),
    ("ExifIFD", "FNumber", 33437, "RATIONAL", '1,2.8,"28/10"'),
    ("ExifIFD", "ISO", 34855, "SHORT", '1,100,""'),
    ("ExifIFD", "FocalLength", 37386, "RATIONAL", '1,50,"50/1"'),
    ("ExifIFD", "DateTimeOriginal", 36867, "ASCII", '20,"2019:'),
    ("ExifIFD", "CreateDate", 36868, "ASCII", '20,"2019:'),
)

_FREE_WORDS = (
    "SONY NIKON CORPORATION OLYMPUS IMAGING CORP. Panasonic FUJIFILM samsung Google Pixel "
    "Apple iPhone back camera HUAWEI DJI LEICA PENTAX RICOH HASSELBLAD KODAK Xiaomi "
    '"(Binary data  bytes)",""],["https://http://www..com/"II""MM"'
)
"""Makers and scraps of text for the dictionary, apart from whole rows."""


@cache
def known_ids() -> dict[tuple[str, str], int]:
    """The fixed id of each listed tag by group and name."""
    return {(group, name): number for number, (group, name, *_) in enumerate(_ROWS, start=1)}


_CELLS = (
    '"https://www.","xmp.did:","uuid:","undef","inf","(Binary data  bytes)","Picture ","False",'
    '"True","0/100","0/10","1/3","-1/3","-2/3","6/10","1/2000","1/1600","1/1250","1/4000","1/1000",'
    '"1/800","1/640","1/500","1/400","1/320","1/200","1/160","1/100","1/80","1/15","1/30","1/60",'
    '"10/","0/10","0/1000","100/10","110/10","71/10","90/10","80/10","63/10","56/10","50/10",'
    '"45/10","40/10","35/10","32/10","25/10","22/10","20/10","18/10","14/10","28/10","1/125",'
    '"1/250",null,300,300,2,350,3,1,6000,4000,72,180,240,2,"","","+01:00","+02:00","00","2024:",'
    '"2023:","2022:","2021:","2020:","2018:","2017:","2016:","2015:","2014:","2013:","2012:",'
    '"2011:","2010:","2009:","2008:","2007:","2006:","2005:","2019:01:10 12:00:00","2019:05:04 1'
)
"""What cells of stored tags are often made of, the most frequent last."""


@cache
def cell_dictionary() -> bytes:
    """The preset dictionary of the cells of stored tags."""
    return _CELLS.encode()


@cache
def dictionary() -> bytes:
    """The first version's, for whole rows, what is most frequent last."""
    rows = (
        f'[{number},{row[2]},"{row[3]}",{row[4]}],'
        for number, row in enumerate(_ROWS, start=1)
        if row[:2] != KEY_TAG
    )
    return (_FREE_WORDS + "".join(rows)).encode()
