"""Write the report: content in, PDF out; the same content gives the same bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from reportlab.platypus import Flowable, Spacer

from clew.evidence.report.content import ReportContent
from clew.evidence.report.page import Report
from clew.evidence.report.section_case import custody, exhibits, persons
from clew.evidence.report.section_claims import claims, hypotheses
from clew.evidence.report.section_cover import asked, cover, found
from clew.evidence.report.section_methods import glossary, limits, methods
from clew.evidence.report.section_network import networks
from clew.evidence.report.text import fonts


def write_report(content: ReportContent, path: Path) -> None:
    """Write the PDF.

    Args:
        content: everything that it says, also the time that it bears.
        path: where; whole or not at all.
    """
    fonts()
    with tempfile.TemporaryDirectory(prefix=".report-", dir=path.parent) as folder:
        made = Path(folder) / "report.pdf"
        Report(made, content.cover).multiBuild(_story(content), maxPasses=5)
        made.replace(path)


def _story(content: ReportContent) -> list[Flowable]:
    parts = [
        asked(content),
        found(content),
        networks(content.networks),
        claims(content),
        hypotheses(content.hypotheses),
        persons(content.persons),
        exhibits(content.exhibits),
        custody(content.custody),
        methods(content.rates, content.runs),
        limits(content.limits),
        glossary(),
    ]
    story = cover(content)
    for part in parts:
        story += [*part, Spacer(0, 10)]
    return story
