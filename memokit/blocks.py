"""Tables of observations in blocks, whatever they come from: pandas, Arrow, CSV or Parquet.

A column of labels arrives as its different labels and a place for each row, so that text is looked at once
and not row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from memokit.problems import MemokitError, Problem

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]
Floats = NDArray[np.float64]
# A column as its different labels and, for each row, the place of its label; -1 is a blank.
Coded: TypeAlias = "tuple[pd.Index[Any], Array]"
# The three keys; the values, and the rows whose value is text that is no number, with that text.
Block: TypeAlias = "tuple[Coded, Coded, Coded, tuple[Floats, Array, Sequence[object]]]"
Blocks = Callable[[], Iterator[Block]]
Made = TypeVar("Made")

OBSERVATIONS = "observations"  # what a table without file is called where something is wrong with it
KEYS = ("indicator", "year", "municipality")
COLUMNS = (*KEYS, "value")
BLANK = ("NA", "NaN", "nan", "null", "n.b.", "n.v.t.", "-")
NAMED = 20  # so many of what is wrong are named; the others are counted
ROWS = 1 << 18  # of a block: its columns stay in the processor's cache


def opened(source: Any, use: Callable[[Blocks, str, int], Made]) -> Made:
    """Give the blocks of a table to `use(blocks, file, number of the first row)` and return what it makes.

    `blocks()` can be called again. See `panel.read` for what a source may be.

    Raises
    ------
    MemokitError
        The file is not there, cannot be read, or needs pyarrow; a column is missing.
    """
    if not isinstance(source, str | Path):
        return use(lambda: _table_blocks(source), OBSERVATIONS, 1)
    path = Path(source)
    try:
        if path.suffix.lower() == ".parquet":
            return use(lambda: _parquet_blocks(path), path.name, 1)
        mark = csv_mark(path)
        try:
            return use(lambda: _fast_csv_blocks(path, mark), path.name, 2)
        except (ImportError, KeyError, ValueError):  # no pyarrow, or it stumbles over text and names no row
            return use(lambda: _csv_blocks(path, mark), path.name, 2)
    except FileNotFoundError:
        raise MemokitError(Problem("file-missing", file=path.name)) from None
    except (OSError, ValueError):  # also what pandas and pyarrow say of a file that is no table
        raise MemokitError(Problem("cannot-read", file=path.name)) from None


def text_keys(labels: pd.Index[Any]) -> pd.Index[Any]:
    """Return labels as text to compare them by: 12025, "12025" and 12025.0 are the same.

    Examples
    --------
    >>> import pandas as pd
    >>> text_keys(pd.Index([12025.0])).tolist()
    ['12025']
    """
    if labels.dtype.kind == "f" and np.isfinite(labels).all() and (labels % 1 == 0).all():
        labels = labels.astype("int64")
    return labels.astype(str)


def unknown(code: str, column: str, labels: Iterable[object], file: str = "recipe") -> Problem:
    """Return a problem that names labels: the first twenty, and how many there are.

    `file` is the name of a file, or of the argument in which it is wrong.

    Examples
    --------
    >>> unknown("panel-unknown", "indicator", range(30)).detail
    {'n': 30}
    """
    names = [str(label) for label in labels]
    return Problem(code, file=file, column=column, found=", ".join(names[:NAMED]), detail={"n": len(names)})


def _table_blocks(source: Any) -> Iterator[Block]:
    import pandas as pd

    if isinstance(source, pd.DataFrame) or not hasattr(source, "__arrow_c_stream__"):
        table = source if isinstance(source, pd.DataFrame) else pd.DataFrame(source)
        _need(list(table.columns), OBSERVATIONS)
        for start in range(0, len(table), ROWS):
            yield _frame_block(table.iloc[start : start + ROWS])
        return
    table = arrow_table(source)
    _need(table.column_names, OBSERVATIONS)
    yield from _arrow_blocks(table.select(COLUMNS).to_batches(max_chunksize=ROWS))


def arrow_table(source: Any) -> Any:
    """Return anything with the Arrow stream interface as a pyarrow Table; say it when pyarrow is absent."""
    try:
        import pyarrow as pa
    except ImportError:
        raise MemokitError(Problem("panel-no-pyarrow", file=OBSERVATIONS)) from None
    return source if isinstance(source, pa.Table) else pa.RecordBatchReader.from_stream(source).read_all()


def _parquet_blocks(path: Path) -> Iterator[Block]:
    try:
        from pyarrow import parquet
    except ImportError:
        raise MemokitError(Problem("panel-no-pyarrow", file=path.name)) from None
    with parquet.ParquetFile(path, memory_map=True, read_dictionary=["indicator", "municipality"]) as file:
        _need(file.schema_arrow.names, path.name)
        yield from _arrow_blocks(file.iter_batches(ROWS, columns=list(COLUMNS), use_threads=False))


def csv_mark(path: Path) -> str:
    """Return the mark between the columns of a CSV: `,` with decimal points, or `;` with decimal commas."""
    with path.open(encoding="utf-8-sig") as file:
        head = file.readline(100_000)
    return ";" if head.count(";") > head.count(",") else ","


def decimal_points(column: pd.Series[Any]) -> pd.Series[Any]:
    """Turn text with decimal commas; a point in it could be a thousands mark, and is made no number."""
    return column.str.translate(str.maketrans(",.", ".,"))


def _fast_csv_blocks(path: Path, mark: str) -> Iterator[Block]:
    import pyarrow as pa
    from pyarrow import csv as reader

    label = pa.dictionary(pa.int32(), pa.string())
    types = {"indicator": label, "municipality": label, "year": pa.int64(), "value": pa.float64()}
    with reader.open_csv(
        path,
        reader.ReadOptions(use_threads=False, block_size=1 << 23),
        reader.ParseOptions(delimiter=mark),
        reader.ConvertOptions(
            column_types=types, include_columns=list(COLUMNS), strings_can_be_null=True, null_values=[""],
            decimal_point="," if mark == ";" else ".",
        ),
    ) as batches:  # fmt: skip
        yield from _arrow_blocks(batches)


def _csv_blocks(path: Path, mark: str) -> Iterator[Block]:
    import pandas as pd

    blank = {"value": ["", *BLANK], **{key: [""] for key in KEYS}}  # a place may be called NA
    how: dict[str, Any] = {"dtype": str, "na_values": blank, "keep_default_na": False}
    with pd.read_csv(path, sep=mark, chunksize=ROWS, encoding="utf-8-sig", **how) as chunks:
        for chunk in chunks:
            _need(list(chunk.columns), path.name)
            yield _frame_block(chunk.assign(value=decimal_points(chunk["value"])) if mark == ";" else chunk)


def _need(heads: Sequence[object], file: str) -> None:
    if absent := [column for column in COLUMNS if column not in heads]:
        raise MemokitError(
            Problem("panel-no-column", file=file, column=column, found=", ".join(map(str, heads)))
            for column in absent
        )


def _frame_block(table: pd.DataFrame) -> Block:
    import pandas as pd

    value = table["value"]
    numbers = pd.to_numeric(value, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    odd: Array = np.empty(0, np.intp)
    if value.dtype.kind not in "fiu":
        odd = np.flatnonzero(np.isnan(numbers) & value.notna().to_numpy())
    keys = (_frame_column(table[key]) for key in KEYS)
    return (*keys, (numbers, odd, value.iloc[odd[:NAMED]].tolist()))  # type: ignore[return-value]


def _frame_column(column: pd.Series[Any]) -> Coded:
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.categories, column.cat.codes.to_numpy()
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu":
        return _integers(column.to_numpy())
    codes, labels = pd.factorize(column)
    return pd.Index(labels), codes


def _integers(column: Array) -> Coded:
    import pandas as pd

    low, high = int(column.min()), int(column.max())
    if high - low < 10_000:  # years: no need to look each of them up
        return pd.RangeIndex(low, high + 1), column - low
    codes, labels = pd.factorize(column)
    return pd.Index(labels), codes


def _arrow_blocks(batches: Iterable[Any]) -> Iterator[Block]:
    last: dict[str, tuple[Any, Any]] = {}
    for batch in batches:
        if len(batch):
            keys = (_arrow_column(batch.column(key), key, last) for key in KEYS)
            yield (*keys, _arrow_values(batch.column("value")))  # type: ignore[misc]


def _arrow_column(column: Any, key: str, last: dict[str, tuple[Any, Any]]) -> Coded:
    """Return labels and codes; the same labels as in the block before are the same object."""
    import pyarrow as pa

    if pa.types.is_integer(column.type) and not column.null_count:
        return _integers(column.to_numpy())
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    if key not in last or not last[key][0].equals(column.dictionary):
        import pandas as pd

        last[key] = column.dictionary, pd.Index(column.dictionary.to_pandas())
    codes = column.indices.fill_null(-1) if column.null_count else column.indices
    return last[key][1], codes.to_numpy()


def _arrow_values(column: Any) -> tuple[Floats, Array, Sequence[object]]:
    import pandas as pd
    import pyarrow as pa

    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        return column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.empty(0, np.intp), []
    return _frame_block(pd.DataFrame({**dict.fromkeys(KEYS, 0), "value": column.to_pandas()}))[3]
