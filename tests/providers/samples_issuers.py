"""Replies of the issuers, of FRED and of the SEC for the player: SYNTHETIC, real field names with invented numbers.

Shapes from public documentation and code; none of these numbers was ever published.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from html import escape
from typing import Any, NamedTuple

from assistant.types import Figure
from tests.providers.player import Reply

NOW = datetime(2001, 2, 28, 21, 30, tzinfo=UTC)
PAGE = b"<!DOCTYPE html><html><body>Please accept cookies</body></html>"

# What any provider must answer with this reason, whatever else is played.
FAILURES = {
    "429": (Reply(429, b"Too Many Requests", "text/plain", {"Retry-After": "120"}), "rate_limited"),
    "403": (Reply(403, b"Forbidden", "text/plain"), "unauthorized"),
    "404": (Reply(404, PAGE, "text/html"), "not_found"),
    "500": (Reply(500, PAGE, "text/html"), "server_error"),
    "page": (Reply(200, PAGE, "text/html"), "not_data"),
    "page as data": (Reply(200, b"\n " + PAGE, "application/json"), "not_data"),
    "empty": (Reply(200, b""), "changed"),
    "other JSON": (Reply(200, b'{"error": null}'), "changed"),
    "list": (Reply(200, b"[]"), "changed"),
    "deep": (Reply(200, b"[" * 100_000), "changed"),
    "no text": (Reply(200, b"\xff\xfe\x00" * 9), "changed"),
}


class Stock(NamedTuple):
    ticker: str
    name: str
    weight: str
    sector: str


LARGE = ("0.90", "0.80", "0.70", "0.60", "0.55", "0.54", "0.53", "0.52", "0.51", "0.50")  # 6.15 together
TICKERS = ("SYA", "SYB", "SYC", "SYD", "SYE", "SYF", "SYG", "SYH", "SYI", "SYJ")
GICS = (
    "Health Care", "Industrials", "Financials", "Information Technology", "Energy", "Utilities", "Real Estate",
    "Materials", "Consumer Discretionary", "Consumer Staples", "Communication",
)  # fmt: skip


@cache
def small_caps() -> tuple[Stock, ...]:
    """1,570 stocks of 99.75 %: Health Care has 14.55 with the ten largest, Industrials 9.60, the other nine 8.40."""
    large = [Stock(TICKERS[at], f"SYNTHETIC {at}", weight, "Health Care") for at, weight in enumerate(LARGE)]
    sectors = [sector for sector in GICS for _ in range(160 if sector == "Industrials" else 140)]
    small = [Stock(f"S{at}", f"SYNTHETIC SMALL {at}", "0.06", sector) for at, sector in enumerate(sectors)]
    return (*small[:700], *large, *small[700:])


BLACKROCK_HEADER = (
    "Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,Quantity,Price,Location,Exchange,Currency,"
    "FX Rate,Market Currency,Accrual Date"
)


def blackrock(
    stocks: Sequence[Stock] | None = None,
    day: str = "Jan 31, 2001",
    fund: str = "iShares Russell 2000 ETF",
    currency: str = "USD",
    repeats: int = 1,
) -> bytes:
    """The holdings file, with its byte order mark, cash, a future, and the disclaimer."""
    rows = [
        f'"{stock.ticker}","{stock.name}","{stock.sector}","Equity","1,000.00","{stock.weight}","1,000.00","10.00",'
        f'"100.00","United States","NASDAQ","{currency}","1.00","USD","-"'
        for stock in (small_caps() if stocks is None else stocks)
    ]
    rows += [
        '"XTSLA","CASH FUND","Cash and/or Derivatives","Money Market","1.00","0.25","1.00","1.00","1.00","-",'
        '"-","USD","1.00","USD","-"',
        '"RTYH1","RUSSELL 2000 EMINI","Cash and/or Derivatives","Futures","0.00","0.00","9.00","1.00","1.00","-","-",'
        '"USD","1.00","USD","-"',
    ]
    preamble = [
        fund, f'Fund Holdings as of,"{day}"', 'Inception Date,"May 22, 2000"', 'Shares Outstanding,"100,000.00"',
        'Stock,"-"', 'Bond,"-"', 'Cash,"-"', 'Other,"-"', "\u00a0",
    ]  # fmt: skip
    disclaimer = ["", '"The content is owned by others, and ""as is"".', 'Nothing, here, is an offer."']
    lines = [*preamble, BLACKROCK_HEADER, *rows, *disclaimer]
    return ("\ufeff" + "\r\n".join(lines * repeats)).encode()


# --- Vanguard --------------------------------------------------------------------------------------------------------


def vanguard_page(start: int, count: int, stocks: Sequence[Stock] | None = None, size: int | None = None) -> bytes:
    whole = small_caps() if stocks is None else stocks
    rows = [
        {
            "type": "portfolioHolding", "longName": stock.name, "shortName": stock.name, "sharesHeld": "1",
            "marketValue": "1", "ticker": f"{stock.ticker} ", "isin": "", "percentWeight": stock.weight,
            "notionalValue": "0", "asOfDate": "2001-01-31T00:00:00-05:00",
        }
        for stock in whole[start - 1 : start - 1 + count]
    ]  # fmt: skip
    head = {"size": str(len(whole) if size is None else size), "asOfDate": "2001-01-31T00:00:00-05:00"}
    return json.dumps({**head, "fund": {"entity": rows}}).encode()


ICB = {
    "Technology": "12.30", "Telecommunications": "1.70", "Health Care": "17.00", "Financials": "17.50",
    "Real Estate": "6.00", "Consumer Discretionary": "12.50", "Consumer Staples": "2.50", "Industrials": "19.00",
    "Basic Materials": "3.00", "Energy": "5.50", "Utilities": "3.00",
}  # fmt: skip


def vanguard_sectors(weights: dict[str, str] | None = None) -> bytes:
    items = [{"name": name, "currYrPct": weight} for name, weight in (ICB if weights is None else weights).items()]
    return json.dumps({"sector": {"long": [{"item": items}, {"item": []}]}}).encode()


def vanguard_price(**changes: Any) -> bytes:
    """NAV 100.00 and market price 100.05 of one day, yield 1.23 %."""
    values = {
        "nav": "100.00", "nav_day": "2001-02-27", "price": "100.05", "price_day": "2001-02-27", "yield": "1.23",
    } | changes  # fmt: skip
    time = "T00:00:00-05:00"
    regular = {"asOfDate": values["nav_day"] + time, "price": values["nav"], "priceChangePct": "0.1"}
    market = {"asOfDate": values["price_day"] + time, "price": values["price"]}
    paid = {"asOfDate": "2001-02-26" + time, "yieldPct": values["yield"]}
    price = {"dailyPrice": {"regular": regular, "market": market}, "premiumOrDiscount": {}, "yield": paid}
    return json.dumps({"currentPrice": price}).encode()


def vanguard_funds(ticker: str = "VTWO", **changes: Any) -> bytes:
    """VTWO among others: 0.07 % a year; 10.5, -8.25, 6.75 and 7.5 % to the end of January."""
    values = {"expenseRatio": "0.0700", "tenYrPct": "7.50"} | changes
    day = "2001-01-31T00:00:00-05:00"
    returns = {
        "asOfDate": day, "oneYrPct": "10.50", "threeYrPct": "-8.25", "fiveYrPct": "6.75",
        "tenYrPct": values["tenYrPct"],
    }  # fmt: skip
    profile = {
        "fundId": "0000", "ticker": ticker, "isETF": True, "expenseRatio": values["expenseRatio"],
        "expenseRatioAsOfDate": "2000-12-20T00:00:00-05:00",
    }  # fmt: skip
    other = {"profile": {"fundId": "0001", "ticker": "VTWAX"}}
    entities = [other, {"profile": profile, "monthEndAvgAnnualRtn": {"fundReturn": returns}}]
    return json.dumps({"size": "2", "fund": {"entity": entities}}).encode()


# --- State Street ----------------------------------------------------------------------------------------------------

BIG = ("7.0", "6.0", "5.0", "3.0", "2.5", "2.0", "1.9", "1.8", "1.6", "1.2")  # 32.0 together


def large_caps(count: int, rest: str) -> list[Stock]:
    """The ten of BIG and `count` more of `rest` each, in sectors of equal number."""
    return [
        *(Stock(TICKERS[at], f"SYNTHETIC {at}", weight, GICS[at]) for at, weight in enumerate(BIG)),
        *(Stock(f"L{at}", f"SYNTHETIC LARGE {at} & CO", rest, GICS[at % len(GICS)]) for at in range(count)),
    ]


def ssga(
    stocks: Sequence[Stock] | None = None,
    day: str = "As of 27-Feb-2001",
    ticker: str = "SPY",
    currency: str = "USD",
    sectors: bool = False,
) -> bytes:
    """The holdings workbook: 495 stocks of 98.93 %, cash without a ticker, and the disclaimer."""
    rows = [
        ["Fund Name:", "Synthetic S&P 500 ETF Trust"], ["Ticker Symbol:", ticker], ["Holdings:", day], [],
        ["Name", "Ticker", "Identifier", "SEDOL", "Weight", "Sector", "Shares Held", "Local Currency"],
    ]  # fmt: skip
    for stock in large_caps(485, "0.138") if stocks is None else stocks:
        sector = stock.sector if sectors else "-"
        rows.append([stock.name, stock.ticker, "000000000", "", stock.weight, sector, "10", currency])
    rows += [["US DOLLAR", "-", "CASH_USD", "-", "0.05", "-", "5", "USD"], [], ["Past performance is no guarantee."]]
    return workbook(rows)


def workbook(rows: Sequence[Sequence[str]], doctype: str = "") -> bytes:
    """An .xlsx file of one sheet: shared strings, numbers, and no cell where there is no text."""
    strings = sorted({text for row in rows for text in row if text and not _is_number(text)})
    lines = []
    for at, row in enumerate(rows, 1):
        cells = [_cell(f"{chr(65 + column)}{at}", text, strings) for column, text in enumerate(row) if text]
        lines.append(f'<row r="{at}">{"".join(cells)}</row>')
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = f'<?xml version="1.0"?>{doctype}<worksheet {space}><sheetData>{"".join(lines)}</sheetData></worksheet>'
    entries = "".join(f"<si><r><t>{escape(text[:3])}</t></r><r><t>{escape(text[3:])}</t></r></si>" for text in strings)
    return packed({"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": f"<sst {space}>{entries}</sst>"})


def packed(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def _cell(place: str, text: str, strings: list[str]) -> str:
    if _is_number(text):
        return f'<c r="{place}"><v>{text}</v></c>'
    return f'<c r="{place}" t="s"><v>{strings.index(text)}</v></c>'


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


# --- Invesco ---------------------------------------------------------------------------------------------------------


def invesco_holdings(stocks: Sequence[Stock] | None = None, total: int | None = None, **changes: Any) -> bytes:
    """100 stocks of 99.5 %, one of them a depository receipt, and two rows that are none."""
    rows: list[dict[str, Any]] = [
        {
            "ticker": stock.ticker, "issuerName": stock.name, "percentageOfTotalNetAssets": float(stock.weight),
            "securityTypeName": "American Depository Receipt" if stock.ticker == "SYJ" else "Common Stock",
            "currency": changes.get("currency", "USD"), "units": 10, "cusip": "000000000",
        }
        for stock in (large_caps(90, "0.75") if stocks is None else stocks)
    ]  # fmt: skip
    rows += [
        {"ticker": "USDPDV", "percentageOfTotalNetAssets": None, "securityTypeName": "Currency", "currency": "USD"},
        {"ticker": "NQH1", "percentageOfTotalNetAssets": 0.4, "securityTypeName": "Index Future", "currency": "USD"},
    ]
    days = {"effectiveDate": "2001-02-28", "effectiveBusinessDate": "2001-02-27"} | changes.get("days", {})
    return json.dumps({**days, "totalNumberOfHoldings": total or len(rows), "holdings": rows}).encode()


NASDAQ = {
    "Technology": 60.0, "Consumer Discretionary": 19.5, "Health Care": 5.0, "Industrials": 5.0,
    "Telecommunications": 4.0, "Consumer Staples": 3.0, "Utilities": 1.5, "Basic Materials": 1.0, "Energy": 0.5,
    "Real Estate": 0.4,
}  # fmt: skip


def invesco_sectors(weights: dict[str, float] | None = None) -> bytes:
    chosen = NASDAQ if weights is None else weights
    rows = [{"name": name, "value": weight} for name, weight in chosen.items()]
    return json.dumps({"effectiveDate": "2001-02-26", "holdingWeights": rows}).encode()


# --- SEC -------------------------------------------------------------------------------------------------------------

SEC_FUNDS = {
    "fields": ["cik", "seriesId", "classId", "symbol"],
    "data": [[1, "S000000001", "C000000001", "OTHER"], [77, "S000000002", "C000000002", "IWM"],
             [88, "S000000003", "C000000003", "VTWO"]],
}  # fmt: skip


def sec_feed(*filings: tuple[str, str, str]) -> bytes:
    """The feed of a series' filings: form, day and number of each."""
    entries = "".join(
        f"<entry><content type='text/xml'><accession-number>{number}</accession-number><filing-date>{day}</filing-date>"
        f"<filing-type>{form}</filing-type></content><title>{form}</title></entry>"
        for form, day, number in filings
    )
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode()


SEC_FILINGS = sec_feed(
    ("NPORT-P", "2000-11-28", "0000000077-00-000004"),
    ("NPORT-P/A", "2001-02-27", "0000000077-01-000009"),
    ("NPORT-P", "2001-02-26", "0000000077-01-000002"),
)


def sec_report(
    stocks: Sequence[Stock] | None = None,
    series: str = "S000000002",
    day: str = "2000-12-31",
    net_assets: str = "70000000000.00",
    doctype: str = "",
    tickers: bool = True,
) -> bytes:
    """An N-PORT report with a stock per row, and cash lent out that is none."""
    rows = "".join(
        f"<invstOrSec><name>{escape(stock.name)}</name><cusip>000000000</cusip><identifiers>"
        + (f'<ticker value="{stock.ticker}"/>' if tickers else '<isin value="US0000000000"/>')
        + f"</identifiers><curCd>USD</curCd><valUSD>1.0</valUSD><pctVal>{stock.weight}</pctVal><assetCat>EC</assetCat>"
        "</invstOrSec>"
        for stock in (small_caps() if stocks is None else stocks)
    )
    cash = "<invstOrSec><name>CASH FUND</name><pctVal>8.5</pctVal><assetCat>STIV</assetCat></invstOrSec>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<edgarSubmission xmlns="http://www.sec.gov/edgar/nport">'
        f"<formData><genInfo><seriesId>{series}</seriesId><repPdEnd>2001-12-31</repPdEnd><repPdDate>{day}</repPdDate>"
        f"</genInfo><fundInfo><netAssets>{net_assets}</netAssets></fundInfo><invstOrSecs>{rows}{cash}</invstOrSecs>"
        "</formData></edgarSubmission>"
    ).encode()


# --- what came -------------------------------------------------------------------------------------------------------


def told(figures: Sequence[Figure]) -> dict[str, tuple[object, str, str, str]]:
    """Value, unit, day and kind of day by metric; each metric stands once."""
    assert len({figure.metric for figure in figures}) == len(figures)
    return {each.metric: (each.value, each.unit, each.as_of.isoformat(), each.as_of_kind) for each in figures}
