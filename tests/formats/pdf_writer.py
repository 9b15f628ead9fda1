"""Writes small PDF files: pages of lines in Latin letters or, with a ToUnicode table, in any."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence

Page = Sequence[str]
IMAGE_PAGE: Page = ("\0image",)
FONT = b"<</Type/Font/Subtype/Type0/BaseFont/Any/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 5 0 R>>"
IMAGE = b"/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8"


def pdf(*pages: Page, about: str = "") -> bytes:
    """Return a file with a page for each list of lines, about 12 points apart; `about` is the inside of its /Info."""
    letters = sorted({char for page in pages for line in page for char in line if char != "\0"})
    codes = {char: number for number, char in enumerate(letters, start=1)}
    info = b"<<" + about.encode("latin-1") + b">>"
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", FONT, info, _to_unicode(codes), _cid_font()]
    objects.append(_stream(IMAGE, b"\0"))
    kids = []
    for page in pages:
        content = b"q 500 0 0 700 0 0 cm /I Do Q" if page == IMAGE_PAGE else _lines(page, codes)
        objects.append(_stream(b"", content))
        resources = b"<</Font<</F 3 0 R>>/XObject<</I 7 0 R>>>>"
        box = b"/MediaBox[0 0 595 842]"
        objects.append(b"<</Type/Page/Parent 2 0 R%s/Resources %s/Contents %d 0 R>>" % (box, resources, len(objects)))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), len(kids))
    return assembled(objects)


def assembled(objects: Sequence[bytes], trailer: bytes = b"/Root 1 0 R/Info 4 0 R") -> bytes:
    """Return the file of these objects, numbered from 1, with its table of references."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer<</Size %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start))
    return out.getvalue()


def _stream(head: bytes, data: bytes) -> bytes:
    packed = zlib.compress(data)
    return b"<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (head, len(packed), packed)


def _lines(page: Page, codes: dict[str, int]) -> bytes:
    shown = (b"<%s>Tj T*" % "".join(f"{codes[char]:04X}" for char in line).encode() for line in page)
    return b"BT /F 10 Tf 12 TL 40 800 Td %s ET" % b" ".join(shown)


def _cid_font() -> bytes:
    system = b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    descriptor = b"/FontDescriptor<</Type/FontDescriptor/FontName/Any/Flags 4/ItalicAngle 0/Ascent 800/Descent -200>>"
    return b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Any/DW 500%s%s>>" % (system, descriptor)


def _to_unicode(codes: dict[str, int]) -> bytes:
    pairs = [f"<{code:04X}><{char.encode('utf-16-be').hex()}>" for char, code in codes.items()]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    maps = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap"
    space = "1 begincodespacerange <0000><FFFF> endcodespacerange"
    return _stream(b"", f"{head} {space}\n{maps}\nendcmap end end".encode())
