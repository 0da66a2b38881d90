"""Take the pictures of the docs: the pages of the workbench over the simulated world that ``make run`` makes.

python -m scripts.screenshots [WORKSPACE]      (build/demo/adverts when not given; see make run)
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from tests.web.conftest import FLAGS, chromium, come_in_by_link, served

from clew.demo import TOLD

SCREENS = Path(__file__).resolve().parent.parent / "docs" / "screens"
SIZE = {"width": 1280, "height": 860}


# Where files lie on this machine is nobody's business.
BARE = """folder => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(folder, "")
}"""


def keep(page: Page, name: str) -> None:
    """Write what is shown as a small PNG."""
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    image.quantize(128, dither=Image.Dither.NONE).save(SCREENS / f"{name}.png", optimize=True)
    print(f"  docs/screens/{name}.png", flush=True)


def main() -> None:
    """Open each page and take its picture."""
    place = Path(sys.argv[1] if len(sys.argv) > 1 else "build/demo/adverts")
    SCREENS.mkdir(exist_ok=True)
    with served(place) as bench, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_context(viewport=SIZE, reduced_motion="reduce").new_page()
        come_in_by_link(page, bench, "Pictures for the docs")
        network = bench.client.get("/api/v1/leads").json()["items"][0]["network_id"]
        with bench.desk.session() as engine:
            template = engine.row("SELECT template_id FROM templates ORDER BY members DESC, template_id")[0]
            record = engine.row(
                "SELECT record_id FROM records JOIN findings ON subject = record_id WHERE version = 2 "
                "GROUP BY record_id ORDER BY count(*) DESC, record_id"
            )[0]
            phone = engine.row(
                "SELECT value FROM ties WHERE type = 'phone' GROUP BY value ORDER BY count(*) DESC, value"
            )
            told, account = engine.row(TOLD)
            talk = engine.row("SELECT key FROM talks ORDER BY danger DESC, confidence DESC, len(stages) DESC, key")[0]
        pages = {
            "leads": "/leads",
            "network": f"/networks/{network}",
            "structure": f"/networks/{network}/structure",
            "locations": f"/networks/{told}/locations",
            "next": f"/networks/{told}/locations#next-title",
            "money": f"/networks/{told}/money",
            "account": f"/money/{quote(account, safe=':')}",
            "roles": f"/networks/{told}/roles",
            "assets": f"/networks/{told}/assets",
            "conversation": f"/conversations/{talk}",
            "template": f"/templates/{template}",
            "record": f"/records/{record}",
            "search": f"/search?q={str(phone[0]).replace('+', '%2B')}",
            "overview": "/overview",
            "sources": "/sources",
        }
        for name, address in pages.items():
            page.goto(bench.url + address)
            if "#" in address:
                page.evaluate("scrollBy(0, -150)")  # the head of the page hides what the address leads to
            page.wait_for_timeout(3000)  # what is drawn comes to rest
            page.evaluate(BARE, f"{place.resolve().parent}/")
            keep(page, name)
        browser.close()


if __name__ == "__main__":
    main()
