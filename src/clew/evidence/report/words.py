"""Words for codes that the report prints."""

from __future__ import annotations

_TYPES = {
    "phone": "Phone number", "email": "Mail address", "url": "Link", "domain": "Site", "handle": "Handle",
    "wallet": "Wallet", "account": "Account", "name": "Name", "place": "Place", "price": "Price", "image": "Picture",
    "template": "Text", "widget": "Widget", "company": "Company number", "conversation": "Conversation",
    "exif_place": "Place in a picture", "device": "Device",
}  # fmt: skip
_KINDS = {
    "ad": "Advert",
    "job_ad": "Job offer",
    "page": "Page",
    "message": "Message",
    "payment": "Payment",
    "image": "Image",
}


def type_word(code: str) -> str:
    """A type of mention."""
    return _TYPES.get(code, code.capitalize())


def kind_word(code: str) -> str:
    """A kind of record."""
    return _KINDS.get(code, code.capitalize())
