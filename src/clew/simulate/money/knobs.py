"""Parameters of money, travel and roles, with where each value comes from; "assumed": no published figure was found."""

from __future__ import annotations

from dataclasses import dataclass

# What a payment is for, as `purpose` in truth/payments.parquet: the words that Clew's own table has.
PURPOSES = (
    "advert", "rent", "travel", "lodging", "wage", "cash-in", "cash-out", "exchange", "mixer", "prepaid",
    "remittance", "fee", "shop", "transfer",
)  # fmt: skip
# What it is in the story, as `flow`: finer than the purpose, and only the truth knows it.
FLOWS = (
    "advert-post", "advert-boost", "advert-month", "other-customer", "client", "sweep", "fine", "debt", "job-fee",
    "collect", "pass-on", "funnel-in", "funnel-out", "split-cash", "cash-in", "cash-out", "rent", "lodging", "travel",
    "wage", "wage-returned", "goods", "to-exchange", "coin", "coin-out", "mixer", "round-trip", "voucher",
    "remittance", "pay-share", "refund", "shop", "utility", "allowance", "between-friends", "takings",
)  # fmt: skip
TYPES = (
    "transfer", "card", "direct-debit", "cash-deposit", "cash-withdrawal", "salary", "mobile-money", "instant", "coin",
)  # fmt: skip
STATES = ("booked", "reversed", "reversal", "duplicate")
ROLES = (
    "recruiter", "groomer", "advert-manager", "payer", "collector", "transporter", "host", "launderer", "coordinator",
    "enforcer", "exploited",
)  # fmt: skip
PURPOSE_OF = {
    "advert-post": "advert", "advert-boost": "advert", "advert-month": "advert", "other-customer": "advert",
    "job-fee": "fee", "funnel-in": "cash-in", "funnel-out": "cash-out", "split-cash": "cash-in", "cash-in": "cash-in",
    "cash-out": "cash-out", "rent": "rent", "lodging": "lodging", "travel": "travel", "wage": "wage",
    "pay-share": "wage", "to-exchange": "exchange", "coin": "exchange", "coin-out": "exchange", "mixer": "mixer",
    "voucher": "prepaid", "remittance": "remittance", "goods": "shop", "shop": "shop", "utility": "fee",
    "takings": "shop", "refund": "shop",
}  # fmt: skip


@dataclass(frozen=True)
class Money:
    """Parameters of payments, travel and roles. Rates are those of a world of which all is seen; see `shares`."""

    per_ad: float = 1.5
    """Payments to each advert, where the number is not given (assumed)."""

    fewest: int = 400
    """Payments of a small world: fewer show nothing (assumed)."""

    most: int = 1_000_000
    """Most payments where the number is not given (assumed: keeps large worlds quick)."""

    shares: tuple[float, float, float, float] = (0.22, 0.16, 0.18, 0.12)
    """At most these shares of all payments are of operations that exploit, for adverts, of other customers of the
    advert platforms, and of honest operations; whole operations are left out until it fits, and everyday life fills
    the rest (assumed: what a financial investigation gets to see is a choice)."""

    pays: tuple[float, ...] = (0.55, 0.85, 0.9, 0.7, 0.5, 0.1, 0.0)
    """Share of operations by kind whose payments for adverts are in the data (assumed)."""

    fee_platforms: float = 0.6
    """Share of platforms where an advert costs money; on all a better place does (assumed)."""

    lag_minutes: tuple[float, float] = (2.0, 58.0)
    """An advert is paid from so many minutes to an hour before it stands there, mostly in the first half (pay before
    post: Portnoff et al. 2017; sizes assumed)."""

    late: float = 0.03
    """Share of payments for adverts hours before the post instead (assumed)."""

    subscribes: float = 0.3
    """Share of operations with many adverts that pay a platform by the month (Europol note: subscriptions; assumed)."""

    coin_platforms: float = 0.35
    """Share of platforms that take coins (that they do: Portnoff et al. 2017; share assumed)."""

    pays_by_coin: tuple[float, float] = (0.2, 0.06)
    """Share of operations that pay these in coins: those that exploit, others (assumed)."""

    pays_by_voucher: tuple[float, float] = (0.22, 0.06)
    """Share of operations that pay adverts by prepaid or gift card: those that exploit, others (direction: FinCEN 2020,
    FINTRAC; unbanked people do too; sizes assumed)."""

    rush: float = 0.85
    """Share of the payments of other customers within an hour or so of an advert of the world that was paid on the
    platform: people post at the same hours, and so several payers fit an advert (assumed; in the ledgers of Portnoff
    et al. 2017 many fit)."""

    same_price: float = 0.7
    """Share of these that are for the same product at least (assumed)."""

    cashless: tuple[float, float] = (0.5, 0.45)
    """Share of operations whose clients pay by bank or telephone: those that exploit, independents (assumed)."""

    nightly: float = 0.45
    """Credits from clients a person and day, where they pay so; three quarters from 20 to 4 o'clock (night credits:
    FINTRAC Project Protect 2016/2021; sizes assumed)."""

    victim_account: float = 0.6
    """Share of exploited people with an account of their own, which others use (FinCEN 2020; share assumed)."""

    both: float = 0.35
    """Share of operations in which an exploited person also pays adverts, collects or receives others (that it is
    common: Europol note; share assumed)."""

    replaced: float = 0.3
    """Share of operations in which somebody is replaced, with another number and account (assumed)."""

    swept: tuple[float, float] = (0.7, 0.97)
    """Share of credits and wages that is passed on, mostly within a day (FATF 2018: most of a wage; sizes assumed)."""

    one_account: float = 0.35
    """Share of labour operations that pay the wages of all to one account (FATF 2018; share assumed)."""

    family_account: float = 0.15
    """Share of households in which two wages go to one account (assumed; the hard negative)."""

    fines: float = 0.02
    """Fines, debts and fees a person and day (assumed)."""

    funnel: float = 0.3
    """Share of operations that exploit with a funnel account: deposits in several cities, withdrawn within two days in
    another (FinCEN 2014, 2020; share assumed)."""

    unseen: int = 2_500
    """Adverts to each operation of labour, domestic work, begging or crime that only payments show: it has no adverts,
    offers or chats (assumed)."""

    split: float = 0.25
    """Share with cash split under a limit (FATF 2018; share assumed)."""

    limit: int = 10_000
    """The limit, in euro at the country's prices (10,000 in many rules; the rules differ)."""

    coins: float = 0.35
    """Share that buys coins; 40 % of them send some to a mixer (FATF 2018-21; shares assumed)."""

    round_trips: float = 0.12
    """Share that sends money round by two front firms (assumed)."""

    tickets: tuple[float, float, float] = (0.75, 0.6, 0.5)
    """Share of a person's moves for which a ticket is paid: exploited, agencies, independents (assumed)."""

    nights_paid: float = 0.5
    """Share of moves with a room paid in the new city (assumed)."""

    mailed: tuple[float, float] = (0.6, 0.35)
    """Share of paid journeys and rooms with a mail in the mailbox: of operations that exploit, of others (assumed)."""

    statements: tuple[int, int] = (8, 60)
    """Accounts with statements: at least, at most; else one to 1,000 payments (assumed)."""

    gaps: float = 0.05
    """Share of statements in which an entry is missing, so that they do not add up (assumed)."""

    remits: float = 0.12
    """Share of private people who send money abroad every month (assumed)."""

    duplicates: float = 0.012
    """Share of payments that stand twice, as two banks tell of them (assumed)."""

    reversals: float = 0.006
    """Share of card payments and debits that are taken back (assumed)."""
