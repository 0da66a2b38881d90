"""How it was done and how often that errs, what it can not show, and the words."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.platypus import Flowable

from clew.evidence.report.content import RunUsed
from clew.evidence.report.parts import H1, H3, NOTE, bullets, facts, grid, heading, moment, more, para
from clew.evidence.report.rates import ErrorRate

_MOST_RUNS, _MOST_LIMITS = 20, 40
LIMITS = (
    "Indicators are no proof. They say where to look first; honest and lawful people show them too.",
    "No decision was made by a machine. A priority orders a queue; it is no probability of guilt (Directive (EU) "
    "2016/680, Art. 11).",
    "A place, an age, a name or a price is what a text says. It says nothing of where anybody was or how old anybody "
    "is.",
    "A network is an inference. Two operations that use one number or text in turn can be joined; one that shares "
    "nothing is not found, and records of the same operation may stand in other networks.",
    "The person behind a number, handle or account is not shown by its use. Several people may use one; one may use "
    "several.",
    "What was not collected is not here. A gap in time can be a gap in collection.",
    "Error rates were measured on simulated worlds and small real sets, not on cases with known outcome. Take them as "
    "the best case.",
    "Digests and the ledger show that nothing was changed after intake. They do not show that what was taken in was "
    "true.",
    "Adults who are not exploited are most of those in adverts. Victims are not suspects.",
)
_GLOSSARY = (
    ("record", "one thing published or sent, as received: advert, job offer, page, message, payment, image"),
    ("item, version", "the same platform and native id is one item; a later state of it is a version"),
    ("mention", "an identifier or attribute found in a record, with the characters it was read from and the "
                "extractor's version"),
    ("identifier", "a value that can tie records: phone, mail address, site, link, handle, wallet, account, "
                   "picture, text"),
    ("template", "a family of near-copied texts"),
    ("link", "a scored relation between records, with its evidence; a person can reject it"),
    ("weight, bits", "how strongly evidence speaks for one operation: 10 bits are odds a thousand times better "
                     "than before"),
    ("network", "records resolved to one operation by weighed evidence"),
    ("indicator, finding", "an entry of the catalogue; what was observed of it on a record or network"),
    ("lead, priority", "a network in the queue; the sum of its findings' points, which orders the queue and means "
                       "nothing else"),
    ("base rate", "how many records or networks here show the same"),
    ("B³ F1", "a measure of networks from 0 to 1: for each record, how much of its network belongs to it, and how "
              "much of what "
     "belongs to it is there"),
    ("AUC", "how often one that is looked for ranks above one that is not: .5 is chance, 1 always"),
    ("recall, precision", "share of what is there that is found; share of what is found that is right"),
    ("digest", "a number computed from every byte of a file (SHA-256, BLAKE2b); another file has another"),
    ("ledger, tree head", "a log to which entries are only added (RFC 9162); its signed digest at one moment"),
    ("4×4 grading", "source A (no doubt), B (mostly reliable), C (mostly unreliable), X (cannot be assessed); "
                    "information 1 (no doubt "
     "of accuracy), 2 (known personally to the source), 3 (corroborated), 4 (cannot be corroborated)"),
    ("handling code", "H0 as the rules say; H1 not as evidence without permission; H2 not passed on without "
                      "permission; H3 other"),
    ("TLP", "traffic light protocol 2.0: RED, AMBER+STRICT, AMBER, GREEN, CLEAR: how far a text may be passed on"),
)  # fmt: skip


_STEPS = (
    "Records are read for identifiers (extract), near-copied texts and pictures are grouped (match), records are "
    "joined by weighed evidence after Fellegi and Sunter 1969 (link), and findings are collected from a catalogue of "
    "indicators with sources (assess). Each step gives the same bytes for the same input; anybody can repeat it."
)
_RATE_HEAD = ("Method", "Result", "Measured on", "Command", "What it does not show")


def methods(rates: Sequence[ErrorRate], runs: Sequence[RunUsed]) -> list[Flowable]:
    """Runs of the analysis, and error rates as measured."""
    out = heading("9  Methods and error rates", H1)
    out.append(para(_STEPS))
    if runs:
        out += heading("Runs of the analysis", H3)
        for run in runs[:_MOST_RUNS]:
            told = f"{run.run_id}, {moment(run.at)}, Clew {run.version}"
            kept = ("SHA-256 of its manifest", run.manifest_sha256)
            out.append(facts([("Run", told), ("Read", run.inputs), kept, ("To repeat it", run.replay)]))
        out += more(len(runs) - _MOST_RUNS, "the package")
    else:
        out.append(para("No run of the analysis is part of this package.", NOTE))
    out += heading("Error rates, as measured", H3)
    rows = [
        (r.method + (f" (version {r.version})" if r.version else ""), r.figure, _data(r), r.command, r.caution)
        for r in rates
    ]
    out.append(grid(_RATE_HEAD, rows, (3, 3.4, 3.3, 3.4, 3.3), 500))
    return out


def _data(rate: ErrorRate) -> str:
    return f"{rate.data} ({rate.truth})" if rate.measured else "–"


def limits(further: Sequence[str]) -> list[Flowable]:
    """What the report can not show."""
    out = [*heading("10  Limits: what this can not show", H1), *bullets(LIMITS)]
    if further:
        out += [*heading("Of this case", H3), *bullets(further[:_MOST_LIMITS], most=700)]
    return [*out, *more(len(further) - _MOST_LIMITS, "the case")]


def glossary() -> list[Flowable]:
    """The words of the report."""
    return [*heading("Appendix: words", H1), grid(("Word", "Meaning"), _GLOSSARY, (1, 4), 500)]
