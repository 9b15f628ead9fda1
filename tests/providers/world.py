"""Good replies of every source on every subject, up to yesterday: SYNTHETIC, none of these numbers was ever published.

A price is a wave along a steady growth, counted back from the last day, so that what depends on the calendar alone
(where a year begins) changes with the day on which it is played. Knows nothing of what is made of the replies.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from assistant.providers.blackrock import BlackRock
from assistant.providers.fred import Entry, Fred, catalogue
from assistant.providers.invesco import Invesco
from assistant.providers.provider import Provider
from assistant.providers.sec import Sec
from assistant.providers.ssga import Ssga
from assistant.providers.vanguard import Vanguard
from assistant.providers.yahoo import Yahoo
from tests.providers import samples, samples_issuers
from tests.providers.player import Answer, Player, Reply, Request, json_reply
from tests.providers.samples_issuers import Stock

DAYS = 2_640  # of prices: ten years and a fortnight


@dataclass(frozen=True, slots=True)
class Quoted:
    """What Yahoo has on a symbol: the last price and the one before, growth and dividends a year, the size of waves."""

    symbol: str
    price: float
    before: float
    growth: float
    wave: float
    dividends: float = 0.0
    high: float = 0.0
    low: float = 0.0

    def close(self, back: int) -> float:
        """The close so many trading days before the last one."""
        if back < 2:
            return (self.price, self.before)[back]
        swing = self.wave * (math.sin(back / 23) + math.sin(back / 1.7) / 6)
        return round(self.price * math.exp(swing - self.growth * back / 261), 4)

    def adjusted(self, back: int) -> float:
        return round(self.close(back) * math.exp(-self.dividends * back / 261), 4)


QUOTED = {
    "IWM": Quoted("IWM", 234.56, 232.01, 0.08, 0.05, 0.012, 247.9, 207.3),
    "VTWO": Quoted("VTWO", 98.76, 99.45, 0.075, 0.05, 0.013, 104.2, 87.4),
    "SPY": Quoted("SPY", 650.25, 648.9, 0.11, 0.03, 0.013, 671.5, 578.2),
    "QQQ": Quoted("QQQ", 580.4, 577.0, 0.15, 0.04, 0.006, 604.1, 502.6),
    "Russell 2000": Quoted("^RUT", 2_345.67, 2_320.15, 0.078, 0.05, 0.0, 2_478.0, 2_071.0),
    "S&P 500": Quoted("^GSPC", 6_512.34, 6_499.8, 0.11, 0.03, 0.0, 6_720.0, 5_790.0),
    "Nasdaq-100": Quoted("^NDX", 23_456.7, 23_310.2, 0.15, 0.04, 0.0, 24_410.0, 20_310.0),
    "USD/KRW": Quoted("KRW=X", 1_390.5, 1_386.2, 0.01, 0.02, 0.0, 1_431.0, 1_352.0),
    "KRE": Quoted("KRE", 61.2, 60.8, 0.03, 0.05, 0.025, 65.3, 54.9),
    "XBI": Quoted("XBI", 104.3, 103.1, 0.05, 0.06, 0.002, 111.6, 92.0),
    "XLF": Quoted("XLF", 53.4, 53.2, 0.09, 0.03, 0.015, 55.6, 48.1),
    "XLI": Quoted("XLI", 151.7, 150.9, 0.1, 0.03, 0.013, 157.9, 136.2),
    "XLE": Quoted("XLE", 88.9, 89.5, 0.03, 0.05, 0.033, 94.9, 80.4),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What Yahoo states on a fund: fractions where Yahoo has fractions."""

    fee: float
    assets: float
    pe: float
    dividends: float
    nav: float
    volume: int
    technology: float


FACTS = {
    "IWM": Facts(0.0018, 71.84e9, 18.3, 0.0105, 234.41, 31_200_000, 0.15),
    "VTWO": Facts(0.0006, 15.2e9, 17.9, 0.0121, 98.7, 2_150_000, 0.13),
    "SPY": Facts(0.0009, 640.5e9, 27.4, 0.0115, 650.11, 71_500_000, 0.34),
    "QQQ": Facts(0.002, 380.2e9, 33.1, 0.0052, 580.22, 46_300_000, 0.52),
}

# The ten largest stocks of each fund and the GICS sectors of IWM's, in percent.
IWM_LARGEST = (
    Stock("CRDO", "CREDO TECHNOLOGY", "0.82", "Information Technology"),
    Stock("BE", "BLOOM ENERGY", "0.71", "Industrials"),
    Stock("FN", "FABRINET", "0.58", "Information Technology"),
    Stock("IONQ", "IONQ", "0.52", "Information Technology"),
    Stock("NXT", "NEXTPOWER", "0.47", "Industrials"),
    Stock("GH", "GUARDANT HEALTH", "0.45", "Health Care"),
    Stock("KTOS", "KRATOS", "0.44", "Industrials"),
    Stock("HL", "HECLA MINING", "0.42", "Materials"),
    Stock("BBIO", "BRIDGEBIO", "0.40", "Health Care"),
    Stock("STRL", "STERLING", "0.38", "Industrials"),
)
IWM_SMALL = {
    "Health Care": 340, "Industrials": 330, "Financials": 370, "Information Technology": 260, "Energy": 100,
    "Utilities": 60, "Real Estate": 120, "Materials": 80, "Consumer Discretionary": 180, "Consumer Staples": 50,
    "Communication": 50,
}  # fmt: skip  # stocks of 0.049 % each, beside the ten
VTWO_LARGEST = {
    "CRDO": "0.79", "BE": "0.69", "FN": "0.56", "IONQ": "0.49", "SATS": "0.48", "NXT": "0.46", "GH": "0.44",
    "KTOS": "0.42", "HL": "0.40", "BBIO": "0.39",
}  # fmt: skip
VTWO_SECTORS = {
    "Health Care": "17.6", "Industrials": "19.2", "Financials": "17.9", "Technology": "11.9", "Energy": "5.1",
    "Consumer Discretionary": "12.7", "Real Estate": "5.8", "Utilities": "3.2", "Basic Materials": "3.1",
    "Consumer Staples": "2.1", "Telecommunications": "1.4",
}  # fmt: skip

# The last value of each FRED series, as FRED writes it; earlier ones swing around it by the share given.
MACRO: dict[str, tuple[float, float]] = {
    "DFF": (3.63, 0.2), "DGS10": (4.12, 0.15), "DGS2": (3.58, 0.15), "T10Y2Y": (0.54, 0.3), "DPRIME": (6.75, 0.1),
    "WALCL": (6_612_345.0, 0.05), "RRPONTSYD": (12.345, 0.5), "UNRATE": (4.3, 0.1), "INDPRO": (103.9, 0.02),
    "ICSA": (223_000.0, 0.1), "PAYEMS": (159_800.0, 0.02), "BAMLH0A0HYM2": (2.97, 0.2), "DRTSCIS": (8.2, 0.5),
    "DCOILWTICO": (61.3, 0.2), "DTWEXBGS": (121.7, 0.04), "USEPUINDXD": (231.0, 0.4), "VIXCLS": (17.4, 0.3),
    "RVXCLS": (22.6, 0.3), "STLFSI4": (-0.62, 0.4), "NFCI": (-0.53, 0.3),
}  # fmt: skip
TARGETS = {  # the upper limit of the Fed's target: seven cuts since September 2024
    date(2001, 1, 1): 5.5, date(2024, 9, 19): 5.0, date(2024, 11, 8): 4.75, date(2024, 12, 19): 4.5,
    date(2025, 9, 18): 4.25, date(2025, 10, 30): 4.0, date(2025, 12, 11): 3.75, date(2026, 6, 18): 3.5,
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """The days that the replies are dated by; `traded` is the last weekday before today."""

    today: date

    @cached_property
    def traded(self) -> date:
        return next(self._days_before(lambda day: day.weekday() < 5))

    @cached_property
    def month_end(self) -> date:
        return self.traded.replace(day=1) - timedelta(days=1)

    @property
    def stated(self) -> date:
        """The day of a prospectus."""
        return self.traded - timedelta(days=200)

    @cached_property
    def weekdays(self) -> list[date]:
        """The trading days of the prices, oldest first."""
        days = self._days_before(lambda day: day.weekday() < 5)
        return [next(days) for _ in range(DAYS)][::-1]

    def _days_before(self, fits: Callable[[date], bool]) -> Iterator[date]:
        day = self.today
        while True:
            day -= timedelta(days=1)
            if fits(day):
                yield day

    def closes(self, subject: str) -> list[tuple[date, float]]:
        quoted = QUOTED[subject]
        return [(day, quoted.close(DAYS - 1 - place)) for place, day in enumerate(self.weekdays)]

    def adjusted(self, subject: str) -> list[tuple[date, float]]:
        quoted = QUOTED[subject]
        return [(day, quoted.adjusted(DAYS - 1 - place)) for place, day in enumerate(self.weekdays)]

    # -- playing ---------------------------------------------------------------------------------------------------

    @cached_property
    def routes(self) -> list[tuple[str, str, Answer]]:
        """Host, path and reply of all that is asked for."""
        return [*self._yahoo(), *self._issuers(), *self._others()]

    def play(self, player: Player, instead: Answer | None = None, delay: float = 0.0) -> None:
        """Play all sources, or one answer in the place of all their replies; each after a delay in seconds."""
        samples.open_doors(player)
        for host, path, reply in self.routes:
            player.play(host, path, _delayed(instead or reply, delay))

    def _yahoo(self) -> Iterable[tuple[str, str, Answer]]:
        for subject, quoted in QUOTED.items():
            path = quote(quoted.symbol, safe="=")
            yield samples.DATA_HOST, samples.CHART_PATH + path, json_reply(self._chart(subject, quoted))
        for symbol, facts in FACTS.items():
            yield samples.DATA_HOST, samples.FACTS_PATH + symbol, json_reply(_summary(symbol, facts))

    def _chart(self, subject: str, quoted: Quoted) -> dict[str, Any]:
        """A chart whose days and adjusted prices are this world's."""
        closes = [value for _, value in self.closes(subject)]
        currency = "KRW" if subject == "USD/KRW" else "USD"
        volumes = [round((FACTS[subject].volume if subject in FACTS else 1_000_000) * (1 + back % 5 / 50 - 0.04))
                   for back in range(DAYS)][::-1]  # fmt: skip
        chart = samples.chart(
            quoted.symbol, closes, currency=currency, volumes=volumes, fiftyTwoWeekHigh=quoted.high,
            fiftyTwoWeekLow=quoted.low, regularMarketTime=samples.stamp(self.traded),
        )  # fmt: skip
        result = chart["chart"]["result"][0]
        result["timestamp"] = [samples.stamp(day) for day in self.weekdays]
        result["indicators"]["adjclose"] = [{"adjclose": [value for _, value in self.adjusted(subject)]}]
        return chart

    def _issuers(self) -> Iterable[tuple[str, str, Answer]]:
        day = self.traded
        iwm = samples_issuers.blackrock(iwm_stocks(), f"{day:%b %d, %Y}")
        yield "www.blackrock.com", "/varnish-api/", Reply(200, iwm, "text/csv")
        spy = samples_issuers.ssga(day=f"As of {day:%d-%b-%Y}")
        sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        yield "www.ssga.com", "/us/en/", Reply(200, spy, sheet)
        base = "/cache/v1/accounts/en_US/shareclasses/QQQ"
        days = {"2001-02-28": self.today, "2001-02-27": day, "2001-02-26": day}
        holdings = _redated(samples_issuers.invesco_holdings(), days)
        yield "dng-api.invesco.com", f"{base}/holdings/fund", Reply(200, holdings)
        yield (
            "dng-api.invesco.com",
            f"{base}/weightedHoldings/fund",
            Reply(200, _redated(samples_issuers.invesco_sectors(), days)),
        )
        yield from self._vanguard()

    def _vanguard(self) -> Iterable[tuple[str, str, Answer]]:
        host, base, stocks = "investor.vanguard.com", "/vmf/api/VTWO", vtwo_stocks()
        dated = {
            "2001-01-31": self.month_end,
            "2001-02-27": self.traded,
            "2001-02-26": self.traded,
            "2000-12-20": self.stated,
        }

        def page(request: Request) -> Reply:
            start, count = int(request.query["start"]), int(request.query["count"])
            return Reply(200, _redated(samples_issuers.vanguard_page(start, count, stocks), dated))

        price = samples_issuers.vanguard_price(nav="98.70", price="98.76", **{"yield": "1.31"})
        funds = _redated(samples_issuers.vanguard_funds(expenseRatio="0.0600"), dated)
        yield host, f"{base}/portfolio-holding/stock.json", page
        yield host, f"{base}/diversification", Reply(200, samples_issuers.vanguard_sectors(VTWO_SECTORS))
        yield host, f"{base}/price", Reply(200, _redated(price, dated))
        yield host, "/investment-products/list/", Reply(200, funds)

    def _others(self) -> Iterable[tuple[str, str, Answer]]:
        files = {id: Reply(200, self._csv(entry).encode(), "text/csv") for id, entry in catalogue().items()}
        yield "fred.stlouisfed.org", "/graph/fredgraph.csv", lambda request: files[request.query["id"]]
        funds = Reply(200, json.dumps(samples_issuers.SEC_FUNDS).encode())
        yield "www.sec.gov", "/files/company_tickers_mf.json", funds
        yield "www.sec.gov", "/cgi-bin/browse-edgar", Reply(200, samples_issuers.SEC_FILINGS, "application/atom+xml")
        quarter_end = f"{self.month_end - timedelta(days=95)}"
        for trust, series in ((77, "S000000002"), (88, "S000000003")):
            report = samples_issuers.sec_report(iwm_stocks(), series, quarter_end, "70500000000.00")
            yield "www.sec.gov", f"/Archives/edgar/data/{trust}/", Reply(200, report, "application/xml")

    def macro(self, id: str) -> list[tuple[date, float]]:
        """The values of a FRED series, oldest first, as FRED counts them."""
        entry, days = catalogue()[id], list(self._macro_days(catalogue()[id]))
        if id == "DFEDTARU":
            return [(day, [value for since, value in TARGETS.items() if since <= day][-1]) for day in days]
        last, swing = MACRO[id]
        values = [round(last * (1 + swing * math.sin(back / 40)), 4) for back in range(len(days))]
        assert all(entry.low <= value * entry.factor <= entry.high for value in values), id
        return list(zip(days, reversed(values), strict=True))

    def _macro_days(self, entry: Entry) -> list[date]:
        first = self.today - timedelta(days=3_650)
        every = [first + timedelta(days=number) for number in range((self.today - first).days)]
        if entry.frequency == "daily":
            return [day for day in every if day.weekday() < 5]
        if entry.frequency == "weekly":
            return [day for day in every if day.weekday() == 4]
        months = [day for day in every if day.day == 1 and day < self.month_end.replace(day=1)]
        return months if entry.frequency == "monthly" else [day for day in months if day.month % 3 == 1]

    def _csv(self, entry: Entry) -> str:
        rows = [f"{day},{value:g}" if value < 1e5 else f"{day},{value:.0f}" for day, value in self.macro(entry.id)]
        return "\n".join([f"observation_date,{entry.id}", *rows]) + "\n"


def providers(cache: Path, **yahoo: Any) -> tuple[Provider, ...]:
    """All real providers, with no waits between their requests."""

    def no_pause(seconds: float) -> None:
        pass

    every = (
        BlackRock(no_pause), Vanguard(no_pause), Ssga(no_pause), Invesco(no_pause),
        Yahoo(cache, spacing=0, **yahoo), Fred(pause=no_pause), Sec("test@example.com", no_pause),
    )  # fmt: skip
    for provider in every:
        provider.spacing = 0.0
    return every


def iwm_stocks() -> tuple[Stock, ...]:
    """1,950 stocks of 100.25 %."""
    sectors = [sector for sector, count in IWM_SMALL.items() for _ in range(count)]
    return (*IWM_LARGEST, *(Stock(f"W{at}", f"SYNTHETIC {at}", "0.049", of) for at, of in enumerate(sectors)))


def vtwo_stocks() -> tuple[Stock, ...]:
    """1,968 stocks of 99.06 %."""
    large = (Stock(ticker, f"SYNTHETIC {ticker}", weight, "") for ticker, weight in VTWO_LARGEST.items())
    return (*large, *(Stock(f"V{at}", f"SYNTHETIC {at}", "0.048", "") for at in range(1_958)))


def _summary(symbol: str, facts: Facts) -> dict[str, Any]:
    sectors = samples.WEIGHTS | {"technology": facts.technology}
    spare = round(facts.technology - samples.WEIGHTS["technology"], 4)  # the other ten share what technology leaves
    shared = {key: weight if key == "technology" else round(weight - spare * weight / 0.85, 6)
              for key, weight in sectors.items()}  # fmt: skip
    return samples.summary(
        symbol,
        price={"regularMarketPrice": QUOTED[symbol].price},
        summaryDetail={
            "trailingPE": facts.pe, "yield": facts.dividends, "trailingAnnualDividendYield": facts.dividends,
            "totalAssets": facts.assets, "navPrice": facts.nav, "averageVolume": facts.volume,
        },
        fundProfile={"feesExpensesInvestment": {"annualReportExpenseRatio": facts.fee}},
        topHoldings={"sectorWeightings": [{key: weight} for key, weight in shared.items()]},
    )  # fmt: skip


def _delayed(answer: Answer, seconds: float) -> Answer:
    def late(request: Request) -> Reply:
        return replace(answer(request) if callable(answer) else answer, delay=seconds)

    return late if seconds else answer


def _redated(body: bytes, days: Mapping[str, date]) -> bytes:
    for written, day in days.items():
        body = body.replace(written.encode(), day.isoformat().encode())
    return body


def this_day() -> date:
    return datetime.now(UTC).date()
