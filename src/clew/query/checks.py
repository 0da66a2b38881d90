"""What a person can check to find out whether a finding means what it seems to mean.

Each indicator's caution names what else could explain it; here stand the steps that tell the two apart. They are
questions to the evidence, never to the people in it.
"""

from __future__ import annotations

# By indicator: what to do, and what would speak against the finding.
CHECKS: dict[str, tuple[str, ...]] = {
    "ad-edited-city": (
        "Compare the versions: a change of spelling or district is a correction, not a move.",
        "See whether the same person announces the journey, and whether one number and one picture travel together.",
    ),
    "age-stated-minor": (
        "Read the quoted words in the whole text: durations, prices and ages of others can look like an age.",
        "If the text does state an age below 18, stop here and follow your procedure for minors at once.",
    ),
    "age-stated-young": ("Nothing to check: in cases with known outcome stated ages did not tell cases apart.",),
    "always-available": ("See whether one person could answer: count the numbers, and the hours of the posts.",),
    "burst-posting": (
        "Ask whether the platform renews adverts by itself: then bursts come at the same minute for strangers too.",
        "See whether the records came from one import: then the times are those of the import.",
    ),
    "contact-many-campaigns": ("Look the contact up: list software, hosts and large senders repeat theirs.",),
    "contact-obscured": (
        "See how other adverts of the same platform write numbers: where its filter removes them, all write so.",
    ),
    "group-wording": (
        "Find out whether an agency of that name is licensed where this is legal.",
        "See whether names, pictures and numbers repeat: colleagues who work together keep their own.",
    ),
    "massage-venue": ("Look for a registered business at the place; legal venues keep one name and one address.",),
    "messenger-only": ("See whether adverts of strangers in that country do the same.",),
    "numbers-replaced": (
        "See what connects the numbers besides time: a picture, an account or a text of their own.",
        "Look at the weakest links between them: if one is wrong, these are several people.",
    ),
    "offer-copied": ("Look the firm up: staffing firms and chains post one text for every branch.",),
    "offers-many-one-operator": ("Look the firm up in the register of employers or agencies.",),
    "overlap-distant": (
        "Open the quoted records: is the place that of the advert, or a word in its text?",
        "See whether posts are scheduled ahead of a journey: captures show when an advert was really up.",
    ),
    "payee-many-numbers": (
        "Find out whose account it is: a platform's or an agency's collects for strangers.",
        "See whether the numbers follow each other in time: one person may have changed number.",
    ),
    "payment-details": ("Read how payment is asked for: a deposit against no-shows is common, and so is plain fraud.",),
    "phone-many-ads": (
        "Divide the adverts by the months in which the number was in use: one busy person renews often.",
        "Look the number up: agencies, switchboards and helplines stand on many adverts.",
    ),
    "phone-many-cities": ("Put the stays in order: a tour has one place at a time and time to travel between them.",),
    "phone-many-names": ("Compare the pictures under each name: stage names change, pictures of one person do not.",),
    "phone-many-platforms": ("Nothing alone: one person posts on several platforms as a rule.",),
    "price-low": (
        "Open the quoted prices: half hours, promotions and misread currencies look low.",
    ),
    "restricted-movement": ("Nothing alone: to receive at the premises only is often a choice for safety.",),
    "several-move": (
        "Put the stays of two numbers side by side: colleagues on tour part again, and have accounts of their own.",
        "See whether the numbers are used one after the other: one person may change number on tour.",
    ),
    "shared-images": (
        "Search for the picture elsewhere: a stock photo or a stolen one stands with strangers all over.",
        "See whether anything else ties the adverts that show it: a number, an account, a text.",
    ),
    "shared-management": ("Find out whether the handle belongs to an agency or to a firm that posts for others.",),
    "short-stays": (
        "Put the stays in order on the map: a person who tours for herself announces it and returns home.",
        "Look for signs of control beside it: somebody else answers, payment to others, numbers replaced.",
    ),
    "spam-burst": (
        "See whether the numbers answer and whether anybody was met: mass postings of scams lead nowhere.",
        "A large ring with throw-away numbers can look so for a few days: see whether it goes on.",
    ),
    "template-many-names": (
        "Search for a sentence of the text elsewhere: texts are sold and copied.",
        "See whether the adverts share anything besides the text.",
    ),
    "template-many-phones": (
        "Search for a sentence of the text elsewhere: texts are sold and copied.",
        "See whether the numbers follow each other in time: one person may have changed number.",
    ),
    "template-many-platforms": ("Nothing alone: one person posts one text on several platforms as a rule.",),
    "text-mass-sent": ("Look at the sender: newsletters, staffing firms and forwarded mail are sent many times too.",),
    "third-party-contact": ("Read the quoted words: a receptionist or a shared phone is also somebody else.",),
    "urgency": ("Compare offers of the same trade and season: ordinary selling presses too.",),
    "wording-movement": ("It speaks against trafficking: in cases with known outcome independent workers wrote so.",),
    "wording-trust": ("See whether the network asks for payment before a meeting: scams insist on trust most.",),
    "wording-youth": ("Never infer an age from it. Compare adverts of the same market: many use the same cliché.",),
    # Offers, sites and conversations.
    "account-lending": ("Read what is asked: costs that a family or household shares pass over one account as well.",),
    "adoption-offer": (
        "Look the agency up in the register of the country; private adoption is lawful in some states.",
    ),
    "all-inclusive-travel": (
        "See whether the employer can be found: seasonal work and au pairs arrange both as a rule.",
    ),
    "answers-job-seekers": ("Look the account up: recruiters by trade answer many people with one text.",),
    "begging-quota": ("Read the conversation: charities and sales teams set sums too.",),
    "company-many-sites": (
        "Look the number up in the register: groups of companies share one, and some copy that of another firm.",
    ),
    "confinement": ("Read the messages around it: being locked out, quarantine and strict parents read alike.",),
    "debt-bondage": ("See whether the debt and its rate are named: a lawful advance has a contract.",),
    "documents-handover": ("See what is asked for: a copy for a contract is normal, the paper itself is not.",),
    "documents-held": ("See who holds the papers: authorities and employers who register keep them for days.",),
    "drug-errand": ("Read what is carried, and for whom: couriers are told the same.",),
    "earnings-demanded": ("See who the two are to each other: rent that is shared and sales teams sound alike.",),
    "earnings-reports": ("See who the two are to each other: shift reports sound alike.",),
    "easy-money": ("Compare it with other offers of the same trade: advertising promises much.",),
    "employer-vague": ("Look the address and the number up: small firms and households have no site.",),
    "fee-upfront": ("See what the fee is for, and whether it is the price of a visa by law.",),
    "gifts-debt": ("See who the two are to each other: families and friends lend too.",),
    "image-request": ("See whether both ask alike: consenting adults do.",),
    "isolation": ("Read the messages around it: a quarrel about one person is not being cut off from all.",),
    "job-abroad-no-skill": ("See whether the season and the trade explain it.",),
    "live-in-no-leave": ("Read what is said of days off: au pairs and carers live in as a rule.",),
    "location-demand": ("See whether both ask, and how often: families and carers do.",),
    "marriage-broker": ("See what is paid for: a dating agency sells meetings, not papers.",),
    "move-to-private": ("Nothing alone: people who meet on a board go on elsewhere.",),
    "one-controls-other": ("Read the messages in their order: a parent, a carer or an employer gives orders too.",),
    "organ-broker": ("See whether a clinic or a register is named: support groups look for donors too.",),
    "organ-offer": ("See whether money is spoken of: an appeal for a donation is none.",),
    "papers-arranged": ("Look the agency up: lawful ones handle permits.",),
    "pay-too-high": ("Open the quoted pay: typing errors, commission and senior posts look high.",),
    "pitch-varies": ("See whether the promises are for several posts.",),
    "plea": ("Read the conversation to its end: homesickness and quarrels pass.",),
    "present-danger": ("Read the quoted messages now, and follow your procedure where somebody may be in danger.",),
    "rapport-flattery": ("Nothing alone: this is how people fall in love.",),
    "rules-fines": ("See what the rules are for: clubs and employers fine too.",),
    "site-claims-fail": ("Look the number up in the register: a mistyped digit fails too.",),
    "site-clone": ("See who built the sites: builders and chains reuse texts.",),
    "site-shared-widget": ("See who built the sites: web agencies reuse one account for all clients.",),
    "stages-in-sequence": (
        "Read the timeline: are the stages of days or of years, and does the other go through them too?",
    ),
    "start-now": ("See whether the season explains it.",),
    "surrogacy-pressure": ("See where it is lawful, and whether papers are kept.",),
    "targets-young-women": (
        "See whether the work gives a reason; such wording is common, and says nothing of a person.",
    ),
    "threat-family": ("Read who says it: a threat that was received is often quoted to a friend.",),
    "threat-harm": ("Read who says it: games, jokes and quotes sound alike.",),
    "threat-publish": ("Read who says it: a threat that was received is often quoted to a friend.",),
    "wage-deductions": ("See whether the contract names the deduction: rent and tax are lawful.",),
    # Payments.
    "funnel-account": (
        "Find out whose account it is, and whether the places are those of people who know each other.",
        "Put the deposits and what left beside each other: a family sends rarely, and to one relative.",
    ),
    "many-wages-one-account": ("Ask the employer's books who the wages are for: couples share accounts, clerks err.",),
    "money-round-trip": ("Look the firms up in the register: firms of one group and relatives lend to each other.",),
    "money-through": ("See what the account is for: shared rents, clubs and tills pass on what they get, too.",),
    "no-contract": ("See whether it is a small job in a household or by the day: these often have none.",),
    "night-micro-credits": (
        "See who the account is that gets the money on: a landlord's or a partner's is no sign of control.",
        "Put messages and credits beside each other: demands and reports between them would speak for control.",
    ),
    "pay-before-post": ("Read the chance of a coincidence: on a busy platform several payers fit every advert.",),
    "payer-many-ads": ("Find out whether the payer is an agency or a licensed house that posts for who works there.",),
    "prepaid-cards": ("Nothing alone: many people pay so because they have no bank or fear to be known.",),
    "rent-many-beds": ("Ask who lives there: parents pay for students, and who moves pays twice for a while.",),
    "structured-cash": ("Compare with the takings of a trade: a shop pays in what it has, not just under a limit.",),
    "travel-for-others": ("See who travels: assistants and agents buy for one firm, families for one name.",),
    "victim-account-controlled": (
        "Ask the bank who holds the card and the device, and whether there is a mandate or a guardian.",
        "See whether the holder uses the account alone at other times: shared computers show both.",
    ),
    "wages-returned": (
        "See what the account that gets them is: a landlord's, a family's, or the employer's own.",
        "Compare what stays with what life costs there: who keeps nothing cannot live on it.",
    ),
    "wallet-mixer": ("See who labelled the wallet and why; some people mix to be private.",),
}  # fmt: skip


def checks_of(indicator: str) -> tuple[str, ...]:
    """What to check about a finding; nothing for an indicator that is not known."""
    return CHECKS.get(indicator, ())
