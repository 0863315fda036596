"""Datasets of IPTC's Information Interchange Model 4.2, by record and number."""

IPTC = {
    (1, 0): "EnvelopeRecordVersion",
    (1, 5): "Destination",
    (1, 20): "FileFormat",
    (1, 22): "FileVersion",
    (1, 30): "ServiceIdentifier",
    (1, 40): "EnvelopeNumber",
    (1, 50): "ProductID",
    (1, 60): "EnvelopePriority",
    (1, 70): "DateSent",
    (1, 80): "TimeSent",
    (1, 100): "UniqueObjectName",
    (1, 90): "CodedCharacterSet",
    (2, 0): "ApplicationRecordVersion",
    (2, 3): "ObjectTypeReference",
    (2, 4): "ObjectAttributeReference",
    (2, 5): "ObjectName",
    (2, 7): "EditStatus",
    (2, 8): "EditorialUpdate",
    (2, 10): "Urgency",
    (2, 12): "SubjectReference",
    (2, 15): "Category",
    (2, 20): "SupplementalCategories",
    (2, 22): "FixtureIdentifier",
    (2, 25): "Keywords",
    (2, 26): "ContentLocationCode",
    (2, 27): "ContentLocationName",
    (2, 30): "ReleaseDate",
    (2, 35): "ReleaseTime",
    (2, 37): "ExpirationDate",
    (2, 38): "ExpirationTime",
    (2, 40): "SpecialInstructions",
    (2, 42): "ActionAdvised",
    (2, 45): "ReferenceService",
    (2, 47): "ReferenceDate",
    (2, 50): "ReferenceNumber",
    (2, 55): "DateCreated",
    (2, 60): "TimeCreated",
    (2, 62): "DigitalCreationDate",
    (2, 63): "DigitalCreationTime",
    (2, 65): "OriginatingProgram",
    (2, 70): "ProgramVersion",
    (2, 75): "ObjectCycle",
    (2, 80): "By-line",
    (2, 85): "By-lineTitle",
    (2, 90): "City",
    (2, 92): "Sub-location",
    (2, 95): "Province-State",
    (2, 100): "Country-PrimaryLocationCode",
    (2, 101): "Country-PrimaryLocationName",
    (2, 103): "OriginalTransmissionReference",
    (2, 105): "Headline",
    (2, 110): "Credit",
    (2, 115): "Source",
    (2, 116): "CopyrightNotice",
    (2, 118): "Contact",
    (2, 120): "Caption-Abstract",
    (2, 121): "LocalCaption",
    (2, 122): "Writer-Editor",
    (2, 130): "ImageType",
    (2, 131): "ImageOrientation",
    (2, 135): "LanguageIdentifier",
    (2, 184): "JobID",
    (2, 187): "UniqueDocumentID",
    (2, 188): "DocumentNotes",
    (2, 221): "Prefs",
    (2, 225): "ClassifyState",
    (2, 228): "SimilarityIndex",
    (2, 200): "ObjectPreviewFileFormat",
    (2, 201): "ObjectPreviewFileVersion",
    (2, 202): "ObjectPreviewData",
    (2, 230): "DocumentHistory",
    (2, 231): "ExifCameraInfo",
    (2, 125): "RasterizedCaption",
    (2, 150): "AudioType",
    (2, 151): "AudioSamplingRate",
    (2, 152): "AudioSamplingResolution",
    (2, 153): "AudioDuration",
    (2, 154): "AudioOutcue",
    (2, 185): "MasterDocumentID",
    (2, 186): "ShortDocumentID",
    (2, 190): "OwnerID",
    (3, 10): "NewsPhotoVersion",
    (3, 20): "IPTCPictureNumber",
    (3, 30): "IPTCImageWidth",
    (3, 40): "IPTCImageHeight",
    (3, 50): "IPTCPixelWidth",
    (3, 55): "IPTCPixelHeight",
    (3, 60): "SupplementalType",
    (3, 64): "ColorRepresentation",
    (3, 65): "InterchangeColorSpace",
    (3, 66): "ColorSequence",
    (3, 84): "NumIndexEntries",
    (3, 86): "IPTCBitsPerSample",
    (3, 90): "SampleStructure",
    (3, 100): "ScanningDirection",
    (3, 102): "IPTCImageRotation",
    (3, 110): "DataCompressionMethod",
    (3, 120): "QuantizationMethod",
    (3, 130): "ExcursionTolerance",
    (3, 135): "BitsPerComponent",
    (3, 140): "MaximumDensityRange",
    (3, 145): "GammaCompensatedValue",
    (7, 10): "SizeMode",
    (7, 20): "MaxSubfileSize",
    (7, 90): "ObjectSizeAnnounced",
    (7, 95): "MaximumObjectSize",
    (8, 10): "SubFile",
    (9, 10): "ConfirmedObjectSize",
}

RECORDS = {
    1: "EnvelopeRecord",
    2: "ApplicationRecord",
    3: "NewsPhotoRecord",
    7: "PreObjectData",
    8: "ObjectData",
    9: "PostObjectData",
    240: "FotoStation",
}
"""The name of a dataset without one."""

LIST_DATASETS = frozenset(
    (2, number) for number in (4, 12, 20, 25, 26, 27, 45, 47, 50, 80, 85, 118, 122)
)
"""Datasets that may repeat."""

NUMBER_DATASETS = frozenset(
    {(1, 0), (1, 20), (1, 22), (2, 0), (7, 10), (7, 20), (7, 90), (7, 95), (9, 10)}
    | {(3, number) for number in (10, 30, 40, 50, 55, 60, 64, 65, 66, 84, 86, 90, 100, 102)}
    | {(3, number) for number in (110, 120, 130, 135, 140, 145)}
)
"""Datasets that are binary numbers."""

DATE_DATASETS = frozenset({(1, 70), *((2, number) for number in (30, 37, 47, 55, 62))})
TIME_DATASETS = frozenset({(1, 80), *((2, number) for number in (35, 38, 60, 63))})

BINARY_DATASETS = frozenset({(2, 125), (2, 202), (8, 10), (3, 20)})
"""Datasets that are reported by their length."""

ENCODINGS = {
    b"\x1b%G": "utf-8",
    b"\x1b%/I": "utf-8",
    b"\x1b.A": "latin-1",
    b"\x1b.b": "iso8859-15",
    **{
        b"\x1b-" + letter: encoding
        for letter, encoding in (
            (b"A", "latin-1"),
            (b"B", "iso8859-2"),
            (b"C", "iso8859-3"),
            (b"D", "iso8859-4"),
            (b"F", "iso8859-7"),
            (b"G", "iso8859-6"),
            (b"H", "iso8859-8"),
            (b"L", "iso8859-5"),
            (b"M", "iso8859-9"),
            (b"V", "iso8859-10"),
        )
    },
}
"""What a CodedCharacterSet declares, by ISO 2022's escapes."""
