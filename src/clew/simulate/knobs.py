"""Every parameter of the world, with where its value comes from; presets change a few.

"assumed" means that no published figure was found. ``docs/simulated-world.md`` says more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from clew.model.errors import InputError

KINDS = ("independent", "agency", "ring", "venue", "spam", "noise", "hotline")
INDEPENDENT, AGENCY, RING, VENUE, SPAM, NOISE, HOTLINE = range(len(KINDS))

# Wording that may stand in an advert, as bits; the names are those of `signals` in truth/records.parquet.
SIGNALS = ("group", "trust", "youth", "moving", "incall", "always", "third")


@dataclass(frozen=True)
class Knobs:
    """Parameters of a world. Shares by kind are in the order of `KINDS`."""

    days: int = 180
    """Length of the world (assumed)."""

    ad_shares: tuple[float, ...] = (0.40, 0.13, 0.16, 0.06, 0.10, 0.145, 0.005)
    """Share of adverts by kind (assumed; spam and venues make the largest families: T-Net 2024, VisPaD 2023)."""

    ads_tail: tuple[float, ...] = (1.25, 1.1, 1.2, 1.1, 0.9, 2.2, 1.2)
    """Exponent of adverts per operation (per person for rings): heavy tails, many 1-3, a few hundreds."""

    ads_most: tuple[int, ...] = (250, 1500, 120, 600, 4000, 6, 60)
    """Most adverts of one operation (of one person, for rings) (assumed)."""

    ads_least: tuple[int, ...] = (2, 25, 6, 20, 60, 1, 3)
    """Fewest adverts of one operation (of one person, for rings) (assumed)."""

    largest_share: float = 0.009
    """No operation has more than this share of all adverts (assumed; keeps small worlds mixed)."""

    ring_sizes: tuple[tuple[int, int, float], ...] = ((2, 10, 0.86), (11, 30, 0.11), (31, 40, 0.03))
    """People in a ring: from, to, share. Mostly 2-10, a few over 30 (the project's domain facts)."""

    exploited: tuple[float, ...] = (0.012, 0.04, 0.85, 0.08, 0.0, 0.0, 0.0)
    """Share of operations with exploitation by kind (assumed; gives a few percent of all operations)."""

    stay_days: tuple[float, float] = (2.0, 7.0)
    """Length of a stay on tour (Keskin 2021; Europol 2020)."""

    tours: tuple[float, ...] = (0.30, 0.15, 0.75, 0.0, 0.5, 0.0, 0.0)
    """Share of operations that tour (assumed; independents tour too: NIJ/JIRN on 'new in town')."""

    platforms: tuple[int, int] = (2, 6)
    """Platforms of an operation that cross-posts (the project's domain facts)."""

    edit: tuple[float, ...] = (0.10, 0.08, 0.22, 0.05, 0.0, 0.03, 0.0)
    """Chance that an advert is a later version of the one before (assumed; edits that move city: Europol note 2020)."""

    crosspost: tuple[float, ...] = (0.15, 0.25, 0.30, 0.20, 0.05, 0.02, 0.10)
    """Chance that an advert is the one before on another platform, minutes later (assumed)."""

    overlap: tuple[float, float, float] = (0.12, 0.04, 0.02)
    """Share of items put in a city where the person is not: rings that exploit, other rings, others (Keskin 2021 on
    presence in distant places; sizes assumed)."""

    abroad: tuple[float, float] = (0.35, 0.12)
    """Share of stops of a tour in another country: rings, others (assumed)."""

    goes_home: float = 0.55
    """Share of stays that those outside rings spend at home (assumed)."""

    contacts: tuple[tuple[str, tuple[float, ...], float], ...] = (
        ("handle", (0.35, 0.40, 0.65, 0.25, 0.60, 0.05, 0.1), 0.55),
        ("mail", (0.20, 0.45, 0.25, 0.30, 0.15, 0.30, 0.9), 0.5),
        ("link", (0.12, 0.60, 0.15, 0.45, 0.85, 0.05, 0.9), 0.6),
        ("wallet", (0.01, 0.01, 0.10, 0.01, 0.20, 0.0, 0.0), 0.4),
        ("account", (0.01, 0.03, 0.06, 0.02, 0.02, 0.01, 0.0), 0.35),
    )
    """A Telegram account, mail address, site, wallet, bank account: share of operations by kind that have one, and of
    their adverts that show it (assumed)."""

    guides: float = 0.04
    """Share of personal adverts that name the channel of a city guide (assumed)."""

    account_platforms: float = 0.55
    """Share of platforms that show the advertiser's account (assumed)."""

    new_accounts: float = 0.4
    """Share of rings, agencies, venues and spam that take new accounts every month (assumed)."""

    burner_days: tuple[float, float] = (8.0, 40.0)
    """Life of a burner number (assumed)."""

    burners: tuple[float, ...] = (0.08, 0.10, 0.60, 0.02, 0.0, 0.0, 0.0)
    """Share of operations that change numbers often (assumed)."""

    obscures: tuple[float, float] = (0.34, 0.58)
    """Share of operations that usually obscure the number: others, exploited (direction: NIJ/JIRN; sizes assumed)."""

    recycled: float = 0.05
    """Share of numbers that belonged to another operation before (assumed; resold numbers: Nagpal 2017)."""

    operations_per_board: float = 12.0
    """Renters of one switchboard on average (assumed)."""

    rents_board: tuple[float, ...] = (0.05, 0.35, 0.22, 0.25, 0.0, 0.0, 0.0)
    """Share of operations that rent a switchboard (assumed)."""

    resold: tuple[float, ...] = (0.22, 0.30, 0.35, 0.30, 0.25, 0.0, 0.0)
    """Share of operations that also use bought texts (resold templates: Freeman et al. 2025; share assumed)."""

    operations_per_resold: float = 40.0
    """Operations of one language for each text on sale (assumed)."""

    stolen: tuple[float, ...] = (0.03, 0.12, 0.30, 0.15, 0.90, 0.0, 0.0)
    """Share of operations that show pictures of others (stolen photos: Freeman et al. 2025; share assumed)."""

    helpline_platforms: float = 0.5
    """Share of platforms that add a helpline to some adverts (assumed)."""

    helpline_rate: float = 0.22
    """Share of the adverts of such a platform that get it (assumed)."""

    footer_platforms: float = 0.4
    """Share of platforms that add a line with their own mail and address (assumed)."""

    footer_rate: float = 0.5
    """Share of the adverts of such a platform that get it (assumed)."""

    unedited: float = 0.35
    """Share of reposts without any change of words; the rest have 0-``edit_most`` of their words changed."""

    edit_most: float = 0.15
    """Largest share of words changed in a repost (issue 2: token edits 0-15 %)."""

    fresh: tuple[float, ...] = (0.15, 0.03, 0.03, 0.03, 0.0, 0.85, 0.3)
    """Share of adverts with a text written for that advert alone (assumed; near-duplicates stay over half)."""

    signs: tuple[tuple[float, ...], tuple[float, ...]] = ((0.20, 0.60, 0.185, 0.015), (0.12, 0.46, 0.30, 0.12))
    """Share of texts with 0, 1, 2, 3 signs of `SIGNALS`: others, exploited. 81 % of 17,362 adverts show one, 1.7 %
    three or more (Giommoni and Ikwu 2021); the split by exploitation is assumed."""

    wording: tuple[tuple[float, float, float], ...] = (
        (0.4, 1.6, 3.0),  # group: raises (Ibanez and Suthers 2014; STIM 2021)
        (1.0, 1.6, 0.8),  # trust: raises (NIJ/JIRN 2022-24)
        (0.9, 1.5, 0.8),  # youth: raises (NIJ/JIRN 2022-24)
        (1.8, 0.6, 0.6),  # moving: lowers, about 70 % less likely in outcomes (NIJ/JIRN 2022-24)
        (1.3, 1.7, 1.2),  # incall: raises (Ibanez and Suthers 2014; FlagIt 2017)
        (1.2, 1.6, 1.4),  # always: raises (STIM 2021)
        (0.4, 1.3, 1.8),  # third: raises (UNODC)
    )
    """Weight of each sign in the order of `SIGNALS`: others, exploited, agencies and venues that do not exploit.
    Directions published as noted, sizes assumed."""


PRESETS: dict[str, Knobs] = {
    "mixed": Knobs(),
    "rings-heavy": replace(Knobs(), ad_shares=(0.22, 0.10, 0.46, 0.05, 0.05, 0.115, 0.005)),
    "quiet": replace(
        Knobs(),
        ad_shares=(0.50, 0.10, 0.08, 0.05, 0.03, 0.235, 0.005),
        helpline_rate=0.05,
        footer_rate=0.15,
        recycled=0.01,
        resold=(0.05, 0.08, 0.12, 0.08, 0.1, 0.0, 0.0),
        stolen=(0.01, 0.04, 0.10, 0.05, 0.5, 0.0, 0.0),
        rents_board=(0.01, 0.12, 0.08, 0.10, 0.0, 0.0, 0.0),
        obscures=(0.15, 0.35),
    ),
}


def preset(name: str) -> Knobs:
    """The parameters of a preset."""
    if name not in PRESETS:
        raise InputError(f"There is no preset {name!r}.", f"Presets: {', '.join(PRESETS)}.")
    return PRESETS[name]
