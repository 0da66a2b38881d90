"""Chats, sites and offers written by hand, with what the pages of the workbench have to show.

All of it is invented. `write` puts the files into a folder, `workspace` ingests and runs them.
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.once import once

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BOSS, MIRA = "+31612345678", "+40712345671"
CHAT = f"{BOSS} ~ {MIRA}"
HOSTILE = '<script>document.title="taken"</script><img src=x onerror=alert(1)>'
UGLY = 'a/../b?c=1#d & "e" <i>f</i> ~ ж\u202e'  # an id that has to survive an address
LONG = "long talk"

# Who says what, and what else the source says of it; hours after START. The words are those of the domain's guides.
_CONTROL: tuple[tuple[float, str, str, dict[str, object]], ...] = (
    (0, "a", "Good morning beautiful, I never met someone like you. I love you, you are so special", {}),
    (0.2, "b", "You are sweet, thank you", {}),
    (24, "a", "I will buy you a gift and pay your ticket. I love you darling, I miss you", {}),
    (25, "b", "Really? My mother says be careful", {}),
    (26, "a", "Don't tell your mother or your friends, trust only me. This is our secret", {}),
    (27, "a", "Write me on Telegram, delete this chat", {}),
    (72, "a", "You owe me 3000 for the ticket, you must pay back every euro of the debt", {}),
    (73, "a", "Send me your live location every hour", {"media": ["IMG-0001.jpg", "voice-12.opus"]}),
    (73.4, "b", "I am at the house", {}),
    (74, "a", "Rule: if you are late you pay a fine of 50 euro", {}),
    (96, "a", "How much did you earn today? You must bring me 300 every night", {}),
    (97, "b", "I made 200 today, 3 clients", {}),
    (98, "a", "", {"deleted": True}),
    (99, "a", "I keep your passport until you pay the debt", {}),
    (120, "b", "Please let me go home, I am afraid", {}),
    (121, "a", "If you run away I will hurt your family. I know where your mother lives", {}),
    (122, "b", "Please, I beg you, let me go home", {}),
)
_ORDINARY = (
    "Are you coming to the match on Saturday?", "Yes, I bring the drinks", "Great, see you at four",
    "Can you send me a photo of the receipt?", "Here it is",
)  # fmt: skip


def messages() -> list[dict[str, object]]:
    """Every message, as a row of a plain chat."""
    rows = [
        {"conversation": CHAT, "sender": BOSS if who == "a" else MIRA, "recipient": MIRA if who == "a" else BOSS,
         "sent_at": _at(hours), "body": body, **more}
        for hours, who, body, more in _CONTROL
    ]  # fmt: skip
    rows.append({"conversation": CHAT, "sent_at": _at(130), "body": "Messages are encrypted", "system": True})
    for at in range(450):
        said = _CONTROL[9][2] if at == 430 else f"{at} apples"
        rows.append({"conversation": LONG, "sender": ("Dee", "Eve")[at % 2], "sent_at": _at(at), "body": said})
    rows[-19] |= {"body": "I keep your passport. You must bring me 300 every night or I will hurt your family"}
    rows.append({"conversation": UGLY, "sender": HOSTILE, "sent_at": _at(5), "body": f"{HOSTILE} I know where your "
                 "mother lives, I will hurt your family", "media": [HOSTILE]})  # fmt: skip
    rows.append({"conversation": UGLY, "sender": "x" * 300, "sent_at": _at(6), "body": "Please let me go home, I am "
                 "afraid " + "y" * 400})  # fmt: skip
    return [{"platform": "whatsapp", **row} for row in rows]


def group() -> dict[str, object]:
    """An ordinary group, as Telegram exports one: a reply, a picture, an edit, a note of the app."""
    rows: list[dict[str, object]] = [
        {"id": 1, "type": "service", "date": "2026-03-02T08:00:00", "actor": "Ann", "actor_id": "user1",
         "action": "create_group", "title": "Team"}
    ]  # fmt: skip
    for at, body in enumerate(_ORDINARY, 2):
        row = {"id": at, "type": "message", "date": f"2026-03-02T09:{at:02d}:00", "from_id": f"user{at % 3 + 1}",
               "from": ("Ann", "Bob", "Cy")[at % 3], "text": body}  # fmt: skip
        rows.append(row)
    rows[2] |= {"reply_to_message_id": 2, "edited": "2026-03-02T09:30:00"}
    rows[-1] |= {"photo": "photos/receipt.jpg"}
    return {"name": "Team", "type": "private_group", "id": 77, "messages": rows}


def _at(hours: float) -> str:
    return (START + timedelta(hours=hours)).isoformat().replace("+00:00", "+01:00")


def _page(title: str, host: str, phone: str, claims: str, code: str, path: str = "") -> str:
    words = " ".join(
        f"We place motivated people with partner number {n} in hotels, farms and private homes abroad, and arrange the "
        "journey, the room and the papers so that you can start at once." for n in range(6)
    )  # fmt: skip
    job = {
        "@context": "https://schema.org", "@type": "JobPosting", "title": f"Chambermaid with {title}",
        "description": "Work abroad in a hotel, no experience needed. We pay the ticket and the housing is free. Pay "
        "the fee of 200 euro first. Give your passport to our driver when you arrive. Only women from 18 to 25.",
        "datePosted": "2026-02-10", "hiringOrganization": {"@type": "Organization", "name": title},
        "jobLocation": {"address": {"addressLocality": "Rotterdam", "addressCountry": "NL"}},
        "baseSalary": {"currency": "EUR", "value": {"value": 3500, "unitText": "MONTH"}}, "industry": "Hospitality",
    }  # fmt: skip
    return f"""<!DOCTYPE html>
<!-- saved from url=(0030)https://{host}/{path} -->
<html lang="en"><head><title>{title}</title>
<script type="application/ld+json">{json.dumps(job)}</script>
{code}</head><body><main><h1>{title}: work abroad</h1><p>{words}</p>
<p>Call {phone} or write to office@{host}. {claims}</p></main></body></html>"""


TAWK = "<script src='https://embed.tawk.to/5d2f8a9c0b1e4a3d7c6f9e8b/default'></script>"
GTM = "<script src='https://www.googletagmanager.com/gtm.js?id=GTM-{}'></script>"
SITES = ("brightpath-jobs.example", "northstar-work.example", "lonely-bakery.example")


def pages() -> dict[str, str]:
    """Three sites: two that one operator runs, one that stands alone."""
    first, second, third = SITES
    return {
        "a.html": _page("Brightpath", first, "+31 6 12345678", "VAT NL 000099998B57", TAWK + GTM.format("K7XQ2PL")),
        "a2.html": _page("Brightpath offers", first, "+31 6 12345678", "", TAWK, "offers"),
        "b.html": _page("Northstar", second, "+31 6 55512345", "VAT number: NL 123456789B01", TAWK),
        "c.html": f"""<!DOCTYPE html>
<!-- saved from url=(0030)https://{third}/ -->
<html><head><title>Lonely bakery {HOSTILE}</title>{GTM.format("M3ZT9QW")}</head>
<body><main><p>Bread and rolls from six in the morning, every day but Monday. Our shop stands beside the church.</p>
</main></body></html>""",
    }


def write(folder: Path) -> tuple[Path, list[Path]]:
    """The chats as a table, and what says by itself what it is: a chat, and the pages."""
    folder.mkdir(parents=True, exist_ok=True)
    chats = folder / "chats.jsonl"
    chats.write_text("".join(json.dumps(row) + "\n" for row in messages()), "utf-8")
    talk = folder / "result.json"
    talk.write_text(json.dumps(group()), "utf-8")
    files = [talk]
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")
        files.append(folder / name)
    return chats, files


def workspace(factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """A workspace with all of it, and a few adverts of the same operator, that was run; it may be changed.

    It is made once for all workers; each who asks gets a copy.
    """
    from clew.store.workspace import Workspace

    made = once(factory, "recruiting", _make) / "workspace"
    return Workspace(Path(shutil.copytree(made, factory.mktemp("recruiting") / "workspace")))


def _make(folder: Path) -> None:
    from clew.ingest.stage import IngestOptions
    from clew.pipeline.ingest import ingest
    from clew.pipeline.run import run
    from clew.store.workspace import Workspace

    chats, files = write(folder / "in")
    adverts = folder / "in" / "ads.jsonl"
    rows = [{"id": f"ad{n}", "title": f"New in town {n}", "body": f"Call {BOSS} any time, room {n}", "place": "Ghent",
             "posted_at": _at(24.0 * n)} for n in range(4)]  # fmt: skip
    adverts.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    place = Workspace.create(folder / "workspace")
    ingest(place, [chats], IngestOptions("message", "phone of a witness"))
    ingest(place, files, IngestOptions(None, "saved files"))
    ingest(place, [adverts], IngestOptions("ad", "board"))
    run(place)
