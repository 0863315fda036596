"""Parquet through arro3, an optional library: a row group at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from tasveer_tui.catalogue import fields
from tasveer_tui.catalogue.export import tabular
from tasveer_tui.catalogue.field_formats import format_plain
from tasveer_tui.catalogue.fields import Kind
from tasveer_tui.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from arro3.core import Array, DataType, RecordBatch, Schema

    from tasveer_tui.catalogue.export.image_stream import ImageStream
    from tasveer_tui.catalogue.fields import CellValue, Field

    ColumnBuilder = Callable[[list[CellValue]], Array]
    """Makes a column of an image's values."""

_INTEGERS: Final = frozenset(
    {"iso", "year", "month", "hour", "weekday", "size", "width", "height", "rating"}
)
_ROW_GROUP_IMAGES: Final = 20_000
"""Images in memory at a time."""


def write(path: Path, images: ImageStream) -> None:
    """Write SourceFile and the selected columns, or all fields; a tag is a column of text.

    Raises:
        UsageError: the library is not installed.

    """
    try:
        from arro3 import core, io
    except ImportError as error:
        raise UsageError(
            "Writing Parquet needs the library arro3-io.",
            "Install it: pip install 'tasveer-tui[parquet]'.",
        ) from error
    selected = images.selected or [fields.FIELDS[name] for name in tabular.CSV_FIELDS]
    columns = [_column(field) for field in selected]
    uri = core.Field(tabular.SOURCE_FILE, core.DataType.utf8(), nullable=False)
    shown = (
        core.Field(field.name, kind, nullable=True)
        for field, (kind, _) in zip(selected, columns, strict=True)
    )
    batches = _Batches(images, selected, core.Schema([uri, *shown]), [made for _, made in columns])
    reader = core.RecordBatchReader.from_batches(batches.schema, batches.each())
    try:
        io.write_parquet(
            reader, str(path), max_row_group_size=_ROW_GROUP_IMAGES, compression="zstd(3)"
        )
    except Exception:
        if batches.error is not None:  # the library would report it in its own words
            raise batches.error from None
        raise


class _Batches:
    """Record batches of some hundred images, made when they are asked for."""

    def __init__(
        self,
        images: ImageStream,
        selected: Sequence[Field],
        schema: Schema,
        makings: Sequence[ColumnBuilder],
    ) -> None:
        self.schema = schema
        self.error: Exception | None = None
        self._images = images
        self._columns = selected
        self._builders = makings

    def each(self) -> Iterator[RecordBatch]:
        from arro3 import core

        try:
            for chunk, rows in self._images.chunks(self._columns, with_tags=False):
                uris = [_text(image.source.uri(image.ref.key)) for image in chunk]
                columns = [core.Array(uris, core.DataType.utf8())]
                columns += [
                    make([row[place] for row in rows]) for place, make in enumerate(self._builders)
                ]
                yield core.RecordBatch.from_arrays(columns, schema=self.schema)
        except Exception as error:
            self.error = error
            raise


def _column(field: Field) -> tuple[DataType, ColumnBuilder]:
    """The type of a column, and how its values become one."""
    from arro3.core import DataType

    if field.kind is Kind.DATE:
        zone = "UTC" if field.name in tabular.UTC_FIELDS else None
        moment = DataType.timestamp("us", tz=zone)
        return moment, lambda cells: _array(_microseconds, DataType.int64(), cells).cast(moment)
    kind, convert = _plain_kind(field)
    return kind, partial(_array, convert, kind)


def _plain_kind(field: Field) -> tuple[DataType, Callable[[CellValue], object]]:
    from arro3.core import DataType

    if field.name in _INTEGERS or field.kind is Kind.CODE:
        return DataType.int64(), lambda cell: int(cell or 0)
    if field.kind is Kind.NUMBER:
        return DataType.float64(), lambda cell: float(cell or 0)
    if field.kind is Kind.SWITCH:
        return DataType.bool(), bool
    return DataType.utf8(), lambda cell: _text(format_plain(cell))


def _array(convert: Callable[[CellValue], object], kind: DataType, cells: list[CellValue]) -> Array:
    from arro3.core import Array

    return Array([None if cell is None else convert(cell) for cell in cells], kind)


def _microseconds(cell: CellValue) -> int:
    return round(float(cell or 0) * 1_000_000)


def _text(text: str) -> str:
    return tabular.LONE_SURROGATE.sub("\ufffd", text)
