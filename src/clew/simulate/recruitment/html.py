"""Pages of a recruiter's site as site builders give them: copies of a site have the same layout, others mostly not."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from html import escape

import numpy as np
from PIL import Image

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
_THEMES = (
    "oravel",
    "pinto",
    "kestra",
    "lumo",
    "brisk",
    "novela",
    "tarn",
    "zephy",
    "halden",
    "mirto",
    "quill",
    "sorrel",
)


@dataclass(frozen=True)
class Layout:
    """How a site is built.

    Attributes:
        style: which of `STYLES`.
        theme: a word in the classes of all its parts.
        blocks: bits that say which further parts it has.
    """

    style: int
    theme: str
    blocks: int

    @classmethod
    def of(cls, look: int) -> Layout:
        """The layout of a number; equal numbers, equal layouts."""
        theme = f"{_THEMES[look // 8 % len(_THEMES)]}-{'abcdefgh'[look // 128 % 8]}"
        return cls(look % STYLES, theme, look // 1024 % 256)

    def has(self, block: int) -> bool:
        """Whether it has a part."""
        return bool(self.blocks >> block & 1)


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
    layout: Layout


@dataclass(frozen=True)
class Job:
    """One vacancy; ``day`` is when it was put on the site."""

    title: str
    text: str
    pay: str
    day: str


def icon(number: int) -> bytes:
    """A favicon: a few squares in two colours."""
    bits = np.frombuffer(number.to_bytes(8, "big"), dtype=np.uint8)
    cells = np.unpackbits(bits).reshape(8, 8)
    colours = np.stack([bits[:3], 255 - bits[3:6]])
    picture = Image.fromarray(colours[cells.repeat(4, axis=0).repeat(4, axis=1)])
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


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


def _menu(facts: Facts) -> str:
    links = (("/", facts.company), ("/jobs", "Jobs"), ("/contact", "Contact"))
    shown = [f'<a href="{path}">{escape(name)}</a>' for path, name in links]
    if facts.layout.has(0):
        items = "".join(f'<li class="menu-item">{link}</li>' for link in shown)
        return f'<ul class="menu {facts.layout.theme}-menu">{items}</ul>'
    return " ".join(shown)


def _page(facts: Facts, title: str, content: str, extra: str = "") -> str:
    layout = facts.layout
    head, head_class, part, part_class, foot, foot_class = _PARTS[layout.style]
    vat = f"<span>VAT {facts.vat}</span>" if facts.vat else ""
    foot_line = f"<p>© {escape(facts.company)}, {escape(facts.street)}, {facts.country}</p>{vat}"
    strip = f'<div class="strip"><i class="icon-phone"></i><b>{facts.phone}</b></div>\n' if layout.has(1) else ""
    if layout.has(2):
        content = f'<div class="wrap {layout.theme}-wrap">\n{content}\n</div>'
    if layout.has(3):
        content += (
            f'\n<aside class="side"><h3>{escape(facts.city)}</h3><p class="map">{escape(facts.street)}</p></aside>'
        )
    crumbs = f'<ol class="crumbs"><li>{escape(title)}</li></ol>\n' if layout.has(4) else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{facts.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<title>{escape(title)}</title>\n<link rel="icon" href="/favicon.ico">\n'
        f'<link rel="stylesheet" href="/css/{layout.theme}.css">\n{_scripts(facts.ids)}\n{extra}</head>\n'
        f'<body class="{layout.theme} style-{layout.style}">\n{strip}'
        f'<{head} class="{head_class}">{_cell(head, _menu(facts))}</{head}>\n'
        f'{crumbs}<{part} class="{part_class}">\n{content}\n</{part}>\n'
        f'<{foot} class="{foot_class}">{_cell(foot, foot_line)}</{foot}>\n</body>\n</html>\n'
    )


def _cell(tag: str, content: str) -> str:
    return f"<tr><td>{content}</td></tr>" if tag == "table" else content


def front(facts: Facts, about: list[str], titles: list[str]) -> str:
    """The first page."""
    lines = "\n".join(f"<p>{escape(line)}</p>" for line in about)
    items = "".join(f"<li>{escape(title)}</li>" for title in titles)
    head = f"<h1>{escape(facts.company)}</h1>"
    if facts.layout.has(5):
        head = f'<div class="hero {facts.layout.theme}-hero">{head}<a class="btn" href="/jobs">Jobs</a></div>'
    return _page(facts, facts.company, f"{head}\n{lines}\n<ul>{items}</ul>")


def vacancies(facts: Facts, jobs: list[Job], postings: bool) -> str:
    """The page of offers; with ``postings`` the first also as schema.org JobPosting."""
    card = '<div class="card job"><h4>{}</h4><p>{}</p></div>' if facts.layout.has(6) else "<h2>{}</h2>\n<p>{}</p>"
    shown = "\n".join(card.format(escape(job.title), escape(job.text)) for job in jobs)
    extra = f'<script type="application/ld+json">{_posting(facts, jobs[0])}</script>\n' if postings else ""
    return _page(facts, f"Jobs - {facts.company}", shown, extra)


def _posting(facts: Facts, job: Job) -> str:
    place = {"@type": "PostalAddress", "addressLocality": facts.city, "addressCountry": facts.country}
    posting = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": job.title,
        "description": job.text,
        "datePosted": job.day,
        "hiringOrganization": {"@type": "Organization", "name": facts.company},
        "jobLocation": {"@type": "Place", "address": place},
        "baseSalary": {"@type": "MonetaryAmount", "currency": "EUR", "value": job.pay.split()[0]},
    }
    # "<" is escaped so that no text can end the script.
    return json.dumps(posting, ensure_ascii=False).replace("<", "\\u003c")


def contact(facts: Facts, sentence: str) -> str:
    """The page with numbers and addresses."""
    digits = facts.phone.lstrip("+")
    lines = [
        f"<p>{escape(sentence)}</p>",
        f'<p>Tel. <a href="tel:{facts.phone}">{facts.phone}</a></p>',
        f'<p><a href="mailto:{facts.mail}">{facts.mail}</a></p>',
        f"<p>{escape(facts.street)}, {facts.country}</p>",
    ]
    if facts.handle:
        links = f'<a href="https://t.me/{facts.handle}">Telegram</a> <a href="https://wa.me/{digits}">WhatsApp</a>'
        lines.append(f"<p>{links}</p>")
    if facts.layout.has(7):
        lines.append('<form class="write" action="/send"><input name="mail"><textarea name="text"></textarea></form>')
    return _page(facts, f"Contact - {facts.company}", "\n".join(lines))
