"""What Word and PowerPoint files have in common: the main part, and what a file says of itself (ECMA-376 part 2)."""

from __future__ import annotations

from datetime import date

from assistant.formats.about import plausible_day, plausible_publisher, plausible_title
from assistant.formats.document import Refusal, Remark
from assistant.formats.package import Package


def open_office(data: bytes) -> tuple[Package, str]:
    """Return the package and the name of its main part; raises Refusal."""
    package = Package(data)
    main = package.related("", "officeDocument")
    if main is None:
        raise Refusal("damaged", detail="no document in it")
    return package, main


def stated(package: Package) -> tuple[str | None, str | None, date | None]:
    """Return title, publisher and day; a company comes before an author, the last change before the first."""
    core = package.optional_xml(package.related("", "core-properties"))
    more = package.optional_xml(package.related("", "extended-properties"))
    company = more.findtext("Company") if more is not None else None
    if core is None:
        return None, plausible_publisher(company), None
    return (
        plausible_title(core.findtext("title")),
        plausible_publisher(company, core.findtext("creator")),
        plausible_day(core.findtext("modified"), core.findtext("created")),
    )


def remarks_of(package: Package, *, hidden: bool = False) -> tuple[Remark, ...]:
    """Return what the reader of the article should know of the file."""
    macros = any(name.endswith("vbaProject.bin") for name in package.names)
    return tuple((key, {}) for key, said in (("hidden_text", hidden), ("macros", macros)) if said)
