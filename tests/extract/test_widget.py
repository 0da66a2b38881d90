import pyarrow as pa
import pytest

from clew.extract.base import batch_of_texts, text_batch
from clew.extract.registry import extractors
from clew.extract.widget import PLUGIN
from clew.ingest.pages_codes import KINDS

IDS = {
    "ga": "UA-48152342",
    "gtm": "GTM-K3PXQ7R",
    "aw": "AW-481523421",
    "adsense": "pub-4815234216070809",
    "fb": "481523421607080",
    "tiktok-pixel": "C4A7DKBC77U9B6LD3F10",
    "vk-pixel": "VK-RTRG-481523-a4B6C",
    "metrika": "48152342",
    "hotjar": "4815234",
    "clarity": "ab3de6gh9k",
    "linkedin": "4815234",
    "tawk": "5d2f8a9c0b1e4a3d7c6f9e8b",
    "tidio": "abcdefghij1234567890abcdefghij12",
    "jivo": "Ab3dE6gH9k",
    "livechat": "14815234",
    "crisp": "7c1e9f3a-52b4-4d8e-a1c6-0f9b8d7e6c5a",
    "intercom": "k3pxq7ra",
    "hubspot": "4815234",
    "matomo": "stats.agency.example/7",
    "favicon": "3f" * 16,
    "dom": "3f" * 8,
    "cert": "3f" * 32,
    "olark": "4815-162-34-2108",
    "smartsupp": "3fa9" * 10,
    "zopim": "k3pxq7raK3PXQ7RAk3pxq7raK3PXQ7RA",
    "chatra": "k3PxQ7rAk3PxQ7rAk",
    "recaptcha": "6LdQk3PxQ7rAk3PxQ7rAk3PxQ7rAk3PxQ7rAk3Px",
    "getbutton": "k3pxQ",
    "drift": "k3pxq7rak3px",
    "userlike": "3fa9" * 16,
    "callbell": "k3PxQ7rAk3PxQ7rAk3Px",
    "yandex-verification": "3fa93fa93fa93fa9",
    "google-verification": "q2W4e6R8t0Y2u4I6o8P0a2S4d6F8g0H2",
    "facebook-verification": "k3pxq7rak3pxq7rak3pxq7rak3pxq7",
}


def contact_batch(*contacts: str | None):  # type: ignore[no-untyped-def]
    records = batch_of_texts([""] * len(contacts)).records
    return text_batch(
        records.set_column(records.schema.get_field_index("contact"), "contact", pa.array(contacts, pa.string()))
    )


def test_lines_of_a_page() -> None:
    lines = [f"{kind}:{written}" for kind, written in IDS.items()]
    text = "\n".join(["tel:+31612345678", *lines, "https://wa.me/31612345678", "other:1234"])
    rows = PLUGIN.find(contact_batch(None, text, "tel:0612345678")).to_pylist()
    assert [row["value"] for row in rows] == lines
    assert all(text[row["start"] : row["end"]] == row["raw"] and row["rid"] == 1 for row in rows)
    assert {row["field"] for row in rows} == {"contact"} and set(IDS) <= set(KINDS)


@pytest.mark.parametrize(("kind", "written"), IDS.items())
def test_no_other_extractor_takes_an_id_for_something_else(kind: str, written: str) -> None:
    """A pixel's number is no telephone and no account; the host of a counter is a host."""
    batch = contact_batch(f"{kind}:{written}", f"tel:+31612345678\n{kind}:{written}\nhttps://wa.me/31612345678")
    taken = [row for e in extractors() if e.name not in ("widget", "meaning") for row in e.find(batch).to_pylist()]
    assert [row["raw"] for row in taken if written[:6] in row["raw"] and kind != "matomo"] == []


def test_case_where_it_means_nothing() -> None:
    batch = contact_batch("tawk:5D2F8A9C0B1E4A3D7C6F9E8B\njivo:Ab3dE6gH9k")
    assert PLUGIN.find(batch)["value"].to_pylist() == ["tawk:5d2f8a9c0b1e4a3d7c6f9e8b", "jivo:Ab3dE6gH9k"]


def test_ids_of_manuals_are_nobodys() -> None:
    batch = contact_batch(
        "ga:UA-12345678\ngtm:GTM-XXXXXX\nfb:1234567890123456\nrecaptcha:6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ"
    )
    assert PLUGIN.find(batch).num_rows == 0
