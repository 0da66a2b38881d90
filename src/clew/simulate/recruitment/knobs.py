"""Parameters of job offers, sites and chats, with where each value comes from; "assumed": no published figure found."""

from __future__ import annotations

from dataclasses import dataclass

# Steps of grooming and control, as `stage` in truth/stages.parquet.
STAGES = (
    "rapport",
    "isolation",
    "gift",
    "debt",
    "move-private",
    "image-request",
    "threat-publish",
    "location-demand",
    "rules-fines",
    "earnings-demand",
    "documents-held",
    "threat-family",
)
# What else is said where people are exploited or recruited, as `act` in truth/acts.parquet.
ACTS = (
    "threat-harm",
    "confinement",
    "plea",
    "earnings-report",
    "check-in",
    "quote",
    "job-pitch",
    "job-seek",
    "promise",
    "fee",
)
# What may stand in a job offer, as names in `signals` of truth/offers.parquet.
OFFER_SIGNALS = (
    "offer-abroad",
    "no-requirements",
    "easy-money",
    "travel-arranged",
    "housing-arranged",
    "papers-arranged",
    "employer-vague",
    "documents-handover",
    "fee-upfront",
    "debt-bondage",
    "wage-deductions",
    "urgency",
    "targets-young-women",
    "live-in-no-leave",
    "third-party",
    "messenger-contact",
    "start-now",
)
FORMS = ("sexual", "labour", "domestic", "criminality", "begging", "organ", "adoption", "marriage")


@dataclass(frozen=True)
class Recruiting:
    """Parameters of what surrounds the adverts."""

    ads_per_offer: int = 40
    """Adverts to each job offer, where the number is not given (assumed)."""

    ads_per_site: int = 400
    """Adverts to each site (assumed)."""

    ads_per_conversation: int = 200
    """Adverts to each conversation (assumed)."""

    fewest: tuple[int, int, int] = (40, 6, 24)
    """Offers, sites and conversations of a small world: fewer show nothing (assumed)."""

    most: tuple[int, int, int] = (25_000, 2_000, 5_000)
    """Most offers, sites and conversations where the number is not given (assumed: keeps a world of 1M quick)."""

    bad_offers: float = 0.048
    """Offers that are no honest work: 4.8 % of EMSCAD are fraudulent (Vidros et al. 2017)."""

    scams: float = 0.3
    """Share of those that only take a fee and exploit nobody (assumed)."""

    signs: tuple[tuple[float, ...], tuple[float, ...]] = (
        (0.02, 0.21, 0.27, 0.23, 0.145, 0.08, 0.035, 0.01),
        (0.0, 0.03, 0.07, 0.14, 0.20, 0.24, 0.20, 0.12),
    )
    """Share of offers with 0, 1, ... 7 of `OFFER_SIGNALS`: honest ones, others. Of 430 offers 98.4 % showed at least
    one indicator and 15 % five or more (Volodko et al. 2020); the split is assumed."""

    sign_weights: tuple[tuple[float, float], ...] = (
        (0.9, 2.0),  # offer-abroad
        (2.2, 2.2),  # no-requirements
        (0.4, 1.6),  # easy-money
        (0.8, 1.8),  # travel-arranged
        (1.6, 2.0),  # housing-arranged
        (0.5, 1.5),  # papers-arranged
        (0.9, 1.8),  # employer-vague
        (0.05, 0.9),  # documents-handover
        (0.08, 0.9),  # fee-upfront
        (0.02, 0.7),  # debt-bondage
        (0.5, 0.9),  # wage-deductions: lawful for housing too
        (1.4, 1.6),  # urgency
        (0.15, 1.1),  # targets-young-women
        (0.3, 0.7),  # live-in-no-leave
        (0.5, 0.9),  # third-party
        (1.0, 1.8),  # messenger-contact
        (1.8, 1.8),  # start-now
    )
    """Weight of each sign in the order of `OFFER_SIGNALS`: honest offers, others. That honest offers show most of them:
    Volodko et al. 2020; sizes assumed."""

    overpaid: float = 0.5
    """Share of bad offers with pay two to four times that of the sector (direction: OSCE 2020; size assumed)."""

    bad_sites: float = 0.15
    """Share of sites that belong to those who exploit (assumed)."""

    clone: float = 0.7
    """Chance that a site of such an outfit copies its first (assumed; fake agencies: Europol note 2020)."""

    shared_ids: tuple[tuple[str, float, float], ...] = (("tawk", 0.75, 0.25), ("gtm", 0.55, 0.5), ("ga", 0.35, 0.4))
    """Ids in a page: chance that sites of one bad outfit share one, chance that an honest site has one (assumed)."""

    web_agencies: float = 0.06
    """Share of honest sites with the tag manager of the web agency that built them, as others have (assumed)."""

    postings: float = 0.6
    """Share of sites whose first vacancy is also a schema.org JobPosting (assumed)."""

    builder_icons: float = 0.25
    """Share of sites with the favicon of their site builder, which others have too (assumed)."""

    vat: tuple[tuple[float, float], tuple[float, float]] = ((0.8, 0.02), (0.15, 0.6))
    """Share of sites with a valid VAT number and with one that fails its check: honest, bad (assumed)."""

    kinds: tuple[tuple[str, float], ...] = (
        ("grooming", 0.09),
        ("control", 0.08),
        ("passive", 0.08),
        ("family", 0.15),
        ("couple", 0.11),
        ("friends", 0.13),
        ("work", 0.10),
        ("sport", 0.04),
        ("landlord", 0.05),
        ("recruiter", 0.06),
        ("support", 0.05),
        ("school", 0.03),
        ("confide", 0.03),
    )
    """Share of conversations by kind (assumed: what a seized phone holds is not known)."""

    keeps_stage: float = 0.78
    """Chance that a stage of the usual order is in a conversation (assumed)."""

    swaps_stage: float = 0.12
    """Chance that a stage changes places with the next (assumed)."""

    home_language: float = 0.5
    """Share of conversations in the language of the operation, the others in any; the same for all kinds (assumed)."""

    alone: float = 0.4
    """Share of messages of one sentence alone (assumed); `called` and `doubled` begin with a name and have two
    sentences of one sense; the others have an everyday one before or after."""

    called: float = 0.15
    """Share that begin with a name (assumed)."""

    doubled: float = 0.2
    """Share of two sentences of one sense (assumed)."""

    passive_focus: float = 3.0
    """How much the largest accounts answer of all seekers: a draw to this power picks the account (assumed)."""

    split: float = 0.06
    """Share of messages sent in two parts (assumed)."""

    typos: float = 0.05
    """Share of messages of an ordinary writer with a slip; a careless one has four times as many (assumed)."""
