"""Pages of a recruiter's site in one of a few styles, as site builders give them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape

STYLES = 6
# How each style names its parts: tag and class of header, section and footer.
_PARTS = (
    ("header", "site-header", "section", "container py-5", "footer", "site-footer"),
    ("div", "navbar", "div", "row content", "div", "bottom"),
    ("header", "elementor-location-header", "section", "elementor-section", "footer", "elementor-location-footer"),
    ("div", "top-bar", "article", "entry-content", "footer", "colophon"),
    ("nav", "menu is-fixed", "main", "section block", "footer", "footer has-text-centered"),
    ("table", "head", "div", "box", "table", "foot"),
)


@dataclass(frozen=True)
class Facts:
    """What a site says of itself."""

    domain: str
    language: str
    company: str
    city: str
    street: str
    country: str
    phone: str
    handle: str | None
    mail: str
    vat: str | None
    ids: dict[str, str]
    style: int


def _scripts(ids: dict[str, str]) -> str:
    """Snippets as their makers give them out."""
    out = []
    if gtm := ids.get("gtm"):
        out.append(
            "<script>(function(w,d,s,l,i){w[l]=w[l]||[];w[l].push({'gtm.start':new Date().getTime(),event:'gtm.js'});"
            "var f=d.getElementsByTagName(s)[0],j=d.createElement(s);j.async=true;"
            "j.src='https://www.googletagmanager.com/gtm.js?id='+i;f.parentNode.insertBefore(j,f);"
            f"}})(window,document,'script','dataLayer','{gtm}');</script>"
        )
    if ga := ids.get("ga"):
        out.append(
            f'<script async src="https://www.googletagmanager.com/gtag/js?id={ga}"></script>\n<script>'
            "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments);}"
            f"gtag('js',new Date());gtag('config','{ga}');</script>"
        )
    if tawk := ids.get("tawk"):
        out.append(
            "<script>var Tawk_API=Tawk_API||{},Tawk_LoadStart=new Date();(function(){"
            'var s1=document.createElement("script"),s0=document.getElementsByTagName("script")[0];s1.async=true;'
            f"s1.src='https://embed.tawk.to/{tawk}/default';s1.charset='UTF-8';"
            "s0.parentNode.insertBefore(s1,s0);})();</script>"
        )
    return "\n".join(out)


def _page(facts: Facts, title: str, content: str, extra: str = "") -> str:
    head, head_class, part, part_class, foot, foot_class = _PARTS[facts.style]
    company, links = escape(facts.company), (("/", facts.company), ("/jobs", "Jobs"), ("/contact", "Contact"))
    menu = " ".join(f'<a href="{path}">{escape(name)}</a>' for path, name in links)
    vat = f"<span>VAT {facts.vat}</span>" if facts.vat else ""
    foot_line = f"<p>© {company}, {escape(facts.street)}, {facts.country}</p>{vat}"
    return (
        f'<!DOCTYPE html>\n<html lang="{facts.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<title>{escape(title)}</title>\n<link rel="icon" href="/favicon.ico">\n'
        f'<link rel="stylesheet" href="/css/style{facts.style}.css">\n{_scripts(facts.ids)}\n{extra}</head>\n<body>\n'
        f'<{head} class="{head_class}">{_cell(head, menu)}</{head}>\n'
        f'<{part} class="{part_class}">\n{content}\n</{part}>\n'
        f'<{foot} class="{foot_class}">{_cell(foot, foot_line)}</{foot}>\n'
        f"</body>\n</html>\n"
    )


def _cell(tag: str, content: str) -> str:
    return f"<tr><td>{content}</td></tr>" if tag == "table" else content


def front(facts: Facts, about: list[str], titles: list[str]) -> str:
    """The first page."""
    lines = "\n".join(f"<p>{escape(line)}</p>" for line in about)
    items = "".join(f"<li>{escape(title)}</li>" for title in titles)
    return _page(facts, facts.company, f"<h1>{escape(facts.company)}</h1>\n{lines}\n<ul>{items}</ul>")


def vacancies(facts: Facts, jobs: list[tuple[str, str, str]]) -> str:
    """The page of offers; the first also as schema.org JobPosting."""
    shown = "\n".join(f"<h2>{escape(title)}</h2>\n<p>{escape(text)}</p>" for title, text, _ in jobs)
    title, text, pay = jobs[0]
    posting = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": title,
        "description": text,
        "datePosted": "2026-05-04",
        "hiringOrganization": {"@type": "Organization", "name": facts.company},
        "jobLocation": {"@type": "Place", "address": {"@type": "PostalAddress", "addressLocality": facts.city}},
        "baseSalary": {"@type": "MonetaryAmount", "currency": "EUR", "value": pay.split()[0]},
    }
    # "<" is escaped so that no text can end the script.
    data = json.dumps(posting, ensure_ascii=False).replace("<", "\\u003c")
    extra = f'<script type="application/ld+json">{data}</script>\n'
    return _page(facts, f"Jobs - {facts.company}", shown, extra)


def contact(facts: Facts, sentence: str) -> str:
    """The page with numbers and addresses."""
    digits = facts.phone.lstrip("+")
    lines = [
        f"<p>{sentence}</p>",
        f'<p>Tel. <a href="tel:{facts.phone}">{facts.phone}</a></p>',
        f'<p><a href="mailto:{facts.mail}">{facts.mail}</a></p>',
        f"<p>{escape(facts.street)}, {facts.country}</p>",
    ]
    if facts.handle:
        lines.append(
            f'<p><a href="https://t.me/{facts.handle}">Telegram</a> <a href="https://wa.me/{digits}">WhatsApp</a></p>'
        )
    return _page(facts, f"Contact - {facts.company}", "\n".join(lines))
