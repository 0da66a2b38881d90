"""What speaks for which role, and how strongly: points by reason, from what is done and never from who somebody is.

A role is shown from 2.5 points on (confidence one half); the confidence is the logistic of the points. So no single
mild act makes a role: several acts, or one act again and again beside another, or a sign of money that was weighed
already. They were set by reason and looked at on worlds of other seeds than those reported (docs/methods-roles.md).
"""

from __future__ import annotations

from dataclasses import dataclass

EVEN = 2.5  # points at which a role is as likely as not
MOST = 0.97  # nothing that rests on behaviour alone is sure


@dataclass(frozen=True)
class Sign:
    """A kind of act that speaks for a role.

    Attributes:
        role: of which.
        what: the act, as `clew.trace.roles.acts` counts it.
        points: if it was done ``per`` times; half as much again at most, if more often.
        words: how a reason says it; ``{n}`` and ``{others}`` are counts.
        per: how often makes it an act.
        others: whether others are counted instead of times.
        least: fewer do not count.
    """

    role: str
    what: str
    points: float
    words: str
    per: float = 1.0
    others: bool = False
    least: int = 1


SIGNS = (
    Sign("recruiter", "pitches", 1.5, "opened talks with an offer (talks: {others})", others=True),
    Sign("recruiter", "says-job-pitch", 0.8, "offered work where control followed (messages: {n})"),
    Sign("recruiter", "says-offer-abroad", 0.8, "offered work abroad (messages: {n})"),
    Sign("recruiter", "says-easy-money", 0.6, "promised easy money (messages: {n})"),
    Sign("recruiter", "says-promise", 0.4, "made promises (messages: {n})"),
    Sign("recruiter", "says-fee-upfront", 0.8, "asked for a fee (messages: {n})"),
    Sign("recruiter", "says-documents-handover", 0.5, "asked for papers (messages: {n})"),
    Sign("recruiter", "says-travel-arranged", 0.5, "arranged travel (messages: {n})"),
    Sign("recruiter", "says-housing-arranged", 0.4, "arranged housing (messages: {n})"),
    Sign("recruiter", "job-offers", 0.4, "stands in job offers ({n})"),
    Sign("groomer", "stage-rapport", 1.5, "grew close (messages: {n})"),
    Sign("groomer", "stage-gift", 1.6, "gave or promised gifts (messages: {n})"),
    Sign("groomer", "stage-move-private", 0.4, "moved talks to another channel"),
    Sign("groomer", "stage-isolation", 0.7, "set the other against family and friends (messages: {n})"),
    Sign("groomer", "stage-image-request", 0.6, "asked for pictures (messages: {n})"),
    Sign("enforcer", "stage-threat-family", 1.3, "threatened a family (messages: {n})"),
    Sign("enforcer", "stage-threat-publish", 1.3, "threatened to publish (messages: {n})"),
    Sign("enforcer", "says-threat-harm", 0.7, "threatened violence (messages: {n})"),
    Sign("enforcer", "stage-rules-fines", 1.3, "set rules and fines (messages: {n})"),
    Sign("enforcer", "says-confinement", 0.8, "spoke of locking somebody in (messages: {n})"),
    Sign("enforcer", "stage-documents-held", 0.6, "held papers (messages: {n})"),
    Sign("enforcer", "stage-location-demand", 0.8, "demanded to know where somebody is (messages: {n})"),
    Sign("enforcer", "controls", 0.9, "controls others in talks (others: {others})", others=True),
    Sign("collector", "stage-earnings-demand", 1.6, "demanded earnings (messages: {n})"),
    Sign("collector", "told-earnings-report", 1.2, "was told of earnings (messages: {n})"),
    Sign("collector", "stage-debt", 0.4, "reminded of debts (messages: {n})"),
    Sign("collector", "takes-most", 2.2, "took most of what came to others (accounts: {others})", per=2.0, others=True),
    Sign("collector", "sign-wages-returned", 2.5, "gets wages of others back"),
    Sign("collector", "sign-many-wages-one-account", 2.0, "gets the wages of several people"),
    Sign("collector", "sign-funnel-account", 1.5, "gets cash from many places"),
    Sign("coordinator", "gets-from-collector", 2.0, "gets what others collected (people: {others})", others=True),
    Sign("coordinator", "paid-by-taker", 0.7, "is paid by who takes from others (accounts: {others})", others=True),
    Sign(
        "coordinator", "broker", 1.2, "stands between people who have no other contact ({others})", per=3.0, others=True
    ),
    Sign("coordinator", "pays-advert", -0.8, "but pays for adverts", per=3.0, least=2),
    Sign("coordinator", "pays-rent", -0.5, "but pays rent", per=3.0, least=2),
    Sign("coordinator", "gives-most", -1.5, "but passes most on"),
    Sign("exploited", "controlled", 2.6, "is controlled in talks (talks: {others})", others=True),
    Sign("exploited", "says-plea", 1.1, "pleaded (messages: {n})"),
    Sign("exploited", "says-check-in", 0.6, "said where they were (messages: {n})"),
    Sign("exploited", "says-earnings-report", 1.0, "reported earnings (messages: {n})"),
    Sign(
        "exploited",
        "gives-most",
        1.6,
        "passed on most of what came, to an account that takes from {others} in all",
        others=True,
    ),
    Sign("exploited", "sign-victim-account-controlled", 2.0, "has an account that others empty or use"),
    Sign("exploited", "sign-night-micro-credits", 0.8, "gets small sums at night"),
    Sign("host", "pays-rent", 1.2, "paid rent (payments: {n})", per=3.0, least=2),
    Sign("host", "sign-rent-many-beds", 2.2, "paid rent for several homes or many beds"),
    Sign("host", "pays-lodging", 1.0, "paid lodging (payments: {n})", per=3.0, least=2),
    Sign("transporter", "pays-travel", 1.4, "bought travel (payments: {n})", per=4.0, least=2),
    Sign("transporter", "sign-travel-for-others", 2.2, "bought travel for others"),
    Sign("payer", "paid-posts", 1.6, "fits as payer of posts ({n})", per=2.0),
    Sign("payer", "paid-names", 1.0, "posts of several names fit ({others})", others=True, per=2.0, least=2),
    Sign("payer", "pays-advert", 1.3, "paid for adverts (payments: {n})", per=3.0, least=2),
    Sign("payer", "sign-payer-many-ads", 1.0, "paid for many adverts"),
    Sign("advert-manager", "posts", 1.4, "stands in adverts ({n})", per=3.0, least=2),
    Sign("advert-manager", "names", 1.6, "stands under several names ({others})", others=True, per=2.0, least=2),
    Sign("advert-manager", "edits-city", 0.9, "changed the city of adverts (edits: {n})"),
    Sign("launderer", "pays-exchange", 1.2, "paid exchangers (payments: {n})", per=2.0),
    Sign("launderer", "gets-exchange", 0.8, "was paid by exchangers (payments: {n})", per=2.0),
    Sign("launderer", "pays-mixer", 2.5, "paid a mixer (payments: {n})"),
    Sign("launderer", "sign-wallet-mixer", 2.0, "sends coins to mixers or exchangers"),
    Sign("launderer", "sign-structured-cash", 2.5, "pays in cash just below a limit"),
    Sign("launderer", "sign-money-through", 1.0, "passes on what comes"),
    Sign("launderer", "sign-money-round-trip", 2.5, "sends money in a circle"),
    Sign("launderer", "sign-prepaid-cards", 1.0, "bought prepaid cards"),
    Sign("launderer", "passes-taken", 1.3, "passes on what was taken from others"),
    Sign("launderer", "gets-cash-in", 0.6, "got cash paid in (payments: {n})", per=6.0, least=4),
    Sign("collector", "near", 0.6, "pays or is paid by people with a role in this ({others})", others=True),
    Sign("coordinator", "near", 0.4, "pays or is paid by people with a role in this ({others})", others=True),
    Sign("host", "near", 0.9, "pays or is paid by people with a role in this ({others})", others=True),
    Sign("transporter", "near", 0.9, "pays or is paid by people with a role in this ({others})", others=True),
    Sign("payer", "near", 0.6, "pays or is paid by people with a role in this ({others})", others=True),
    Sign("launderer", "near", 0.5, "pays or is paid by people with a role in this ({others})", others=True),
)
