"""A canvas whose pages learn how many they are before they are written."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import NamedTuple

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from reports.pdf.fonts import EMBEDDING, REGULAR, font


class _KeptPage(NamedTuple):
    """A page without its footer, and its entry in the document's outline."""

    code: str
    outline: str | None


class NumberedCanvas(Canvas):
    """A US Letter canvas that keeps finished pages until the last one is drawn.

    The same calls give the same bytes: the creation date is given, and the document id comes from the pages.
    Only the drawing code of a page is kept, so pages carry text and shapes, no links or pictures.
    """

    def __init__(self, *, title: str, author: str, subject: str, created: datetime) -> None:
        self._buffer = BytesIO()
        self._kept: deque[_KeptPage] = deque()
        super().__init__(
            self._buffer,
            pagesize=letter,
            invariant=1,
            pageCompression=1,
            lang="en",
            # Else each file names a font that it does not embed; the stubs take the name for a number.
            initialFontName=font(REGULAR).fontName,  # type: ignore[arg-type]
        )
        self.setTitle(title)
        self.setAuthor(author)
        self.setSubject(subject)
        self.setCreator(title)
        date = created.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
        self.setDateFormatter(lambda *_: date)

    def keep_page(self, outline: str | None) -> None:
        """Finish a page and start the next one; `outline` names it in the document's outline."""
        self._kept.append(_KeptPage("\n".join(self._code), outline))
        self._startPage()  # type: ignore[attr-defined]

    def finish(self, draw_footer: Callable[[int, int], None]) -> bytes:
        """Return the file; `draw_footer` draws on each page, given its number and the number of pages."""
        pages = len(self._kept)
        for number in range(1, pages + 1):
            page = self._kept.popleft()  # let go here: the document keeps a copy
            self._code = [page.code]
            draw_footer(number, pages)
            if page.outline:
                self.bookmarkPage(f"page-{number}")
                self.addOutlineEntry(page.outline, f"page-{number}")
            self._doc.updateSignature(page.code)  # type: ignore[attr-defined]
            self.showPage()
        with EMBEDDING:
            self.save()
        return self._buffer.getvalue()
