"""Messages in CASE/UCO, the exchange language of forensic tools: accounts and applications stand apart, with ids."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from clew.ingest.chats import Messages, Value, as_list, between, contact_of, photos, tagged
from clew.ingest.chats_json import Object, list_of, text_of

_KINDS = ("MessageFacet", "SMSMessageFacet", "MMSMessageFacet", "EmailMessageFacet")
_MORE = "MessageFacet"  # tools name their own kinds so: FacebookMessageFacet
_DEEPEST = 4  # bundles in bundles
_ACCOUNT = (
    "AccountFacet", "PhoneAccountFacet", "EmailAccountFacet", "EmailAddressFacet", "ApplicationAccountFacet",
    "DigitalAccountFacet", "MobileAccountFacet",
)  # fmt: skip
# What applications call themselves where no one named them.
_PACKAGES = {
    "com.whatsapp": "whatsapp", "com.whatsapp.w4b": "whatsapp", "net.whatsapp.whatsapp": "whatsapp",
    "org.telegram.messenger": "telegram", "ph.telegra.telegraph": "telegram", "org.thoughtcrime.securesms": "signal",
    "org.whispersystems.signal": "signal", "com.facebook.orca": "messenger", "com.facebook.messenger": "messenger",
    "com.instagram.android": "instagram", "com.burbn.instagram": "instagram", "com.viber.voip": "viber",
    "com.viber": "viber", "com.snapchat.android": "snapchat", "com.toyopagroup.picaboo": "snapchat",
    "com.skype.raider": "skype", "jp.naver.line.android": "line", "jp.naver.line": "line", "com.tencent.mm": "wechat",
    "com.tencent.xin": "wechat", "kik.android": "kik", "com.kik.chat": "kik", "com.apple.mobilesms": "sms",
    "com.google.android.apps.messaging": "sms",
}  # fmt: skip
_WHATSAPP = re.compile(r"(\d{6,15})(?::\d+)?@(?:s\.whatsapp\.net|c\.us)")


def local(name: str) -> str:
    """A name without its prefix: ``uco-observable:from`` and ``https://…/observable/from`` are ``from``."""
    return name.rpartition("#")[2].rpartition("/")[2].rpartition(":")[2]


def plain(node: object) -> Object:
    """An object with local names as keys; an empty one for anything else."""
    return {local(key): value for key, value in node.items()} if isinstance(node, dict) else {}


def literal(value: object) -> Value:
    """The text of a value, with or without its type; of several the first."""
    if isinstance(value, list):
        return next((text for part in value if (text := literal(part))), None)
    return text_of(value.get("@value")) if isinstance(value, dict) else text_of(value)


def several(value: object) -> list[Any]:
    """One value or many, as a list: JSON-LD writes a list of one without its brackets."""
    return value if isinstance(value, list) else [value]


def references(value: object) -> list[str]:
    """The ids that a value refers to."""
    found = (text_of(part.get("@id")) if isinstance(part, dict) else text_of(part) for part in several(value))
    return [name for name in found if name]


def facets(node: Object) -> dict[str, Object]:
    """The facets of an object by their local type."""
    given = plain(node).get("hasFacet") or plain(node).get("facets")
    return {kind: plain(facet) for facet in several(given) if isinstance(facet, dict) for kind in types(facet)}


def types(node: Object) -> list[str]:
    """The local types of an object or a facet."""
    return [local(text_of(kind) or "") for kind in several(node.get("@type"))]


def members(node: Object, depth: int = 0) -> Iterator[Object]:
    """An object, and those that stand in it as a bundle or an investigation holds its own."""
    yield node
    held = plain(node).get("object") if depth < _DEEPEST else None
    for member in several(held):
        if isinstance(member, dict) and len(member) > 1:  # not only an id
            yield from members(member, depth + 1)


def _message_kind(found: dict[str, Object]) -> str | None:
    """Which of its facets makes an object a message."""
    return next((kind for kind in (*_KINDS, *found) if kind in found and kind.endswith(_MORE)), None)


def _of_operator(*kinds: str) -> Value:
    """The platform of what says that it is an SMS or MMS."""
    return "sms" if any(kind.startswith(("SMSMessage", "MMSMessage")) for kind in kinds) else None


@dataclass(frozen=True)
class _Account:
    handle: str
    contact: Value
    name: Value
    application: Value
    address: Value = None  # the id of the address, where it stands apart


@dataclass
class Graph:
    """What messages refer to: accounts, applications, and the threads that messages belong to, by id.

    Attributes:
        messages: how many were seen.
    """

    accounts: dict[str, _Account] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    threads: dict[str, str] = field(default_factory=dict)
    messages: int = 0

    def learn(self, node: Object) -> None:
        """Take in an object of the graph, and those that it holds."""
        for member in members(node):
            self._learn(member)

    def _learn(self, node: Object) -> None:
        name, found = text_of(node.get("@id")), facets(node)
        self.messages += _message_kind(found) is not None
        if name is None:
            return
        if "ApplicationFacet" in found or "Application" in types(node):
            told = found.get("ApplicationFacet", {})
            called = literal(plain(node).get("name")) or literal(told.get("name"))
            if called := called or literal(told.get("applicationIdentifier")):
                self.names[name] = _PACKAGES.get(called.lower(), called)
        self._thread(name, found.get("MessageThreadFacet", {}), node if "Thread" in types(node) else {})
        told = {key: value for kind in _ACCOUNT for key, value in found.get(kind, {}).items()}
        if told:
            self.accounts[name] = self._account(name, told, literal(plain(node).get("name")))

    def _thread(self, name: str, told: Object, apart: Object) -> None:
        """Which messages a thread holds: it lists them, or has a list that may stand apart."""
        for held in (*(told.get(key) for key in ("message", "messages", "messageThread")), apart):
            listed = list_of(held) or list_of(plain(held).get("element")) or list_of(plain(held).get("item"))
            self.threads.update(dict.fromkeys(references(listed), name))

    def _account(self, name: str, told: Object, called: Value) -> _Account:
        phone = literal(told.get("phoneNumber")) or literal(told.get("MSISDN"))
        mail = literal(told.get("addressValue"))
        application = references(told.get("application"))
        keys = ("accountIdentifier", "accountLogin", "emailAddress")
        handle = phone or mail or next((text for key in keys if (text := literal(told.get(key)))), None)
        shown = literal(told.get("displayName")) or called
        handle = f"+{jid[1]}" if handle and (jid := _WHATSAPP.fullmatch(handle)) else handle
        address = None if phone or mail else next(iter(references(told.get("emailAddress"))), None)
        contact = phone or mail or contact_of(handle)
        return _Account(handle or name, contact, shown, next(iter(application), None), address)

    def account(self, name: str) -> _Account:
        """Whose id this is; what nobody described is its own handle."""
        known = self.accounts.get(name)
        address = self.accounts.get(str(known.address)) if known and known.address else None
        if known and address:
            called = known.name or (known.handle if known.handle != name else None)
            return replace(known, handle=address.handle, contact=address.contact, name=called)
        return known or _Account(name, contact_of(name), None, None)


def add_messages(messages: Messages, line: int, node: Object, graph: Graph) -> None:
    """Add the messages that an object is or holds."""
    for member in members(node):
        _add_message(messages, line, member, graph)


def _add_message(messages: Messages, line: int, node: Object, graph: Graph) -> None:
    """Add the message that an object is; nothing where it is none."""
    found = facets(node)
    kind = _message_kind(found)
    if kind is None:
        return
    told, name = found[kind], text_of(node.get("@id"))
    senders = [graph.account(one) for one in references(told.get("from"))][:1]
    to = list(dict.fromkeys(graph.account(one).handle for one in references(told.get("to"))))
    sender = senders[0] if senders else None
    handle = sender.handle if sender else None
    recipient = to[0] if len(to) == 1 else None
    application = [*references(told.get("application")), *((sender.application or "",) if sender else ())]
    platform = next((graph.names[one] for one in application if one in graph.names), None)
    people = sorted({*to, *((handle,) if handle else ())})
    files = [file for key in ("attachment", "attachments") for file in references(told.get(key))]
    own = between(handle, recipient) if handle and recipient else tagged("group", *people)
    fields: dict[str, Value] = {
        "native_id": literal(told.get("messageID")) or name,
        "conversation": literal(told.get("sessionID")) or graph.threads.get(name or "") or own,
        "handle": handle,
        "recipient": recipient,
        "contact": sender.contact if sender else None,
        "posted_at": literal(told.get("sentTime")) or literal(told.get("receivedTime")),
        "title": literal(told.get("subject")),
        "body": literal(told.get("messageText")) or literal(told.get("body")),
        "images": as_list(photos(files)),
        "platform": platform.lower() if platform else _of_operator(kind, *types(node)),
    }
    more = {
        "media": files,
        "deleted": "RecoveredObjectFacet" in found,
        "name": sender.name if sender else None,
        "reply_to": next(iter(references(told.get("inReplyTo"))), None),
        "message_type": literal(told.get("messageType")),
        "recipients": to if len(to) > 1 else None,
    }
    messages.add(line, fields, more)
