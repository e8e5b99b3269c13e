"""Writes a spreadsheet to files that fit into messages.

A month of most servers is one CSV. One that is too large for a message is packed, and one that is too
large all the same comes in several packages, each with the names of the columns.

Rule: rows are written as they come, so that no month has to fit into memory; and all files are gone
when the block ends.
"""

import csv
import io
import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

BOM: Final = "\ufeff"
"""Tells spreadsheets that this is UTF-8."""
_SLACK: Final = 192 * 1024
"""What a packer may still have in hand, and what it writes at the end."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Where one sheet's files are."""

    path: Path

    def write(
        self,
        stem: str,
        header: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        largest_bytes: int,
    ) -> list[Path]:
        """Files of at most so many bytes each, in order."""
        first, lines = _line(header, begins=True), map(_line, rows)
        plain = self.path / f"{stem}.csv"
        if _fill(plain, first, lines, largest_bytes=largest_bytes - _SLACK):
            return [plain]
        return [*_pack(plain, first, lines, largest_bytes=largest_bytes - _SLACK)]


@contextmanager
def open_folder() -> Generator[Folder]:
    """A folder of its own, readable by nobody else, until the block ends."""
    with TemporaryDirectory(prefix="clapper-sheet-") as name:
        yield Folder(Path(name))


def _line(cells: Sequence[str], *, begins: bool = False) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return (BOM * begins + text.getvalue()).encode("utf-8", "replace")


def _fill(path: Path, first: bytes, lines: Iterator[bytes], *, largest_bytes: int) -> bool:
    """Writes lines while there is room. True: these were all."""
    with path.open("wb") as file:
        file.write(first)
        for line in lines:
            file.write(line)
            if file.tell() > largest_bytes:
                return False
    return True


def _pack(
    plain: Path, first: bytes, lines: Iterator[bytes], *, largest_bytes: int
) -> Iterator[Path]:
    """What was written so far and all that comes, in as many packages as it takes."""
    begun: bytes | None = plain.read_bytes()
    plain.unlink()
    part = 0
    while begun is not None:
        part += 1
        name = plain.stem if part == 1 else f"{plain.stem}-part-{part}"
        path = plain.with_name(f"{name}.zip")
        with (
            path.open("wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package,
            package.open(f"{name}.csv", "w", force_zip64=True) as sheet,
        ):
            sheet.write(begun)
            begun = None
            for line in lines:
                if file.tell() > largest_bytes:
                    begun = first + line
                    break
                sheet.write(line)
        yield path
