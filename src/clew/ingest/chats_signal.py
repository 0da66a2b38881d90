"""Messages of Signal in the four shapes of JSON in which they come.

Signal names a message by who wrote it and when, in milliseconds; so do the ids made here, also of what is replied to.
Each ``add_`` function gives whether the object has its shape; receipts, typing marks and people are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from clew.ingest.chats import OWNER, Messages, Value, as_list, between, contact_of, photos, tagged
from clew.ingest.chats_json import Object, instant, list_of, object_of, text_of

_NO_MESSAGE = ("receiptMessage", "typingMessage", "callMessage", "storyMessage", "pinMessage", "unpinMessage")


@dataclass
class Book:
    """Who is who in Signal's own export, and in which folder the file lies.

    Attributes:
        people: id of a recipient to (handle, phone, name).
        groups: ids of recipients that are groups.
        chats: id of a chat to that of its recipient.
    """

    folder: str
    people: dict[str, tuple[str, Value, Value]] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    chats: dict[str, str] = field(default_factory=dict)
    owner: str = OWNER

    def copy(self) -> Book:
        """The same knowledge, to add to while others read this."""
        return replace(self, people=dict(self.people), groups=set(self.groups), chats=dict(self.chats))

    def learn(self, told: Object) -> None:
        """Take in a line that is about people or chats."""
        account, chat, one = (object_of(told.get(key)) for key in ("account", "chat", "recipient"))
        if username := text_of(account.get("username")):
            self.owner = username
        if (number := text_of(chat.get("id"))) and (whose := text_of(chat.get("recipientId"))):
            self.chats[number] = whose
        number = text_of(one.get("id"))
        if number is None:
            return
        contact, group = object_of(one.get("contact")), object_of(one.get("group"))
        if "self" in one:
            self.people[number] = (self.owner, None, None)
        elif group:
            self.groups.add(number)
            title = text_of(object_of(object_of(group.get("snapshot")).get("title")).get("title"))
            # The key of a group stays unsaid: it opens what the group's servers hold.
            tag = tagged(title or "group", text_of(group.get("masterKey")) or number)
            self.people[number] = (tag, None, title)
        else:
            phone = text_of(contact.get("e164"))
            phone = f"+{phone.removeprefix('+')}" if phone else None
            names = (text_of(contact.get(key)) for key in ("profileGivenName", "profileFamilyName"))
            name = " ".join(part for part in names if part) or None
            handle = phone or text_of(contact.get("aci")) or text_of(contact.get("username")) or name
            self.people[number] = (handle or f"recipient {number}", phone, name)


def _id(handle: Value, time: object) -> Value:
    """How a message is named: by who wrote it and when."""
    at = text_of(time)
    return f"{handle}:{at}" if handle and at else None


def _files(values: object) -> list[str]:
    """Names of attached files; of one without a name its kind."""
    found = list[str]()
    for value in list_of(values):
        told = object_of(value)
        told = object_of(told.get("pointer")) or told
        names = (text_of(told.get(key)) for key in ("path", "fileName", "filename", "name", "id", "contentType"))
        found += [name for name in names if name][:1]
    return found


def add_cli(messages: Messages, line: int, said: Object, book: Book) -> bool:
    """An envelope of signal-cli (``--output=json receive``, or its JSON-RPC)."""
    params = object_of(said.get("params")) or said
    envelope = object_of(params.get("envelope"))
    sync = object_of(envelope.get("syncMessage"))
    sent = object_of(sync.get("sentMessage"))
    account = text_of(params.get("account")) or OWNER
    edit = object_of(sent.get("editMessage")) or object_of(envelope.get("editMessage"))
    data = object_of(edit.get("dataMessage")) or sent or object_of(envelope.get("dataMessage"))
    if not data:
        return "syncMessage" in envelope or any(key in envelope for key in _NO_MESSAGE)
    if "message" not in data and data.keys() & {"reaction", "pollVote"}:
        return True
    keys = ("sourceNumber", "sourceUuid", "source")
    handle = account if sent else next((name for key in keys if (name := text_of(envelope.get(key)))), None)
    to = next(
        (name for key in ("destinationNumber", "destinationUuid", "destination") if (name := text_of(sent.get(key)))),
        None,
    )
    other = (to if sent else account) or OWNER
    group = text_of(object_of(data.get("groupInfo")).get("groupId"))
    removed = object_of(data.get("remoteDelete"))
    first = edit.get("targetSentTimestamp") or removed.get("timestamp")
    at = first or data.get("timestamp") or envelope.get("timestamp")
    quote, files = object_of(data.get("quote")), _files(data.get("attachments"))
    update = object_of(data.get("groupInfo")).get("type") == "UPDATE" and not text_of(data.get("message"))
    fields: dict[str, Value] = {
        "native_id": _id(handle, at),
        "conversation": group or between(handle or "unknown", other),
        "handle": handle,
        "recipient": None if group else other,
        "contact": contact_of(handle),
        "posted_at": instant(at),
        "captured_at": instant(envelope.get("timestamp")),  # an edit or deletion is a later state of what it names
        "body": text_of(data.get("message")) or ("group update" if update else None),
        "images": as_list(photos(files)),
    }
    more = {
        "reply_to": _id(_author(quote), quote.get("id")),
        "media": files,
        "deleted": bool(removed),
        "edited_at": instant(data.get("timestamp")) if edit else None,
        "system": update,
        "name": None if sent else text_of(envelope.get("sourceName")),
        "group_name": text_of(object_of(data.get("groupInfo")).get("groupName")),
    }
    messages.add(line, fields, more)
    return True


def _author(quote: Object) -> Value:
    """Who wrote what is quoted, in whichever key a version of Signal says it."""
    keys = ("authorNumber", "author", "authorUuid", "authorAci")
    return next((name for key in keys if (name := text_of(quote.get(key)))), None)


def add_desktop(messages: Messages, line: int, said: Object, book: Book) -> bool:
    """A message as Signal Desktop keeps it (the column ``json`` of its table of messages)."""
    kind, conversation = said.get("type"), text_of(said.get("conversationId"))
    if conversation is None or kind is None:
        return False
    keys = ("source", "sourceServiceId", "sourceUuid")
    written = next((name for key in keys if (name := text_of(said.get(key)))), None)
    system = kind not in ("incoming", "outgoing")
    handle = OWNER if kind == "outgoing" else written
    at = said.get("sent_at") or said.get("timestamp")
    quote, edits = object_of(said.get("quote")), list_of(said.get("editHistory"))
    files = _files(said.get("attachments"))
    fields: dict[str, Value] = {
        "native_id": text_of(said.get("id")) or _id(handle, at),
        "conversation": conversation,
        "handle": handle,
        "contact": contact_of(handle),
        "posted_at": instant(at),
        "body": text_of(said.get("body")) or (str(kind) if system else None),
        "images": as_list(photos(files)),
    }
    more = {
        "reply_to": text_of(quote.get("messageId")) or _id(_author(quote), quote.get("id")),
        "media": files,
        "deleted": bool(said.get("deletedForEveryone") or said.get("isErased")),
        "edited_at": instant(object_of(edits[0]).get("timestamp")) if len(edits) > 1 else None,
        "system": system,
        "name": text_of(said.get("profileName")),
    }
    messages.add(line, fields, more)
    return True


def add_exported(messages: Messages, line: int, said: Object, book: Book) -> bool:
    """A message as signal-export writes it: one folder a chat, its ``data.json`` one line a message."""
    sender, files = text_of(said.get("sender")), _files(said.get("attachments"))
    if sender is None:
        return False
    handle = OWNER if sender == "Me" else sender
    more = {"media": files, "reply_text": text_of(said.get("quote")), "sticker": text_of(said.get("sticker"))}
    fields: dict[str, Value] = {
        "conversation": book.folder or "signal",
        "handle": handle,
        "recipient": book.folder if handle == OWNER and book.folder else None,
        "contact": contact_of(handle),
        "posted_at": text_of(said.get("date")),
        "body": text_of(said.get("body")),
        "images": as_list(photos(files)),
    }
    messages.add(line, fields, more)
    return True


def add_backup(messages: Messages, line: int, said: Object, book: Book) -> bool:
    """A line of Signal's own export (``main.jsonl``); lines about people were learnt before."""
    if "chatItem" not in said:
        return True
    item = object_of(said["chatItem"])
    chat, author = text_of(item.get("chatId")), text_of(item.get("authorId"))
    if chat is None or author is None:
        return False
    whose = book.chats.get(chat, "")
    nobody = (f"recipient {author}", None, None)
    handle, phone, name = book.people.get(author, nobody)
    other = book.people.get(whose, (f"chat {chat}", None, None))[0]
    standard = object_of(item.get("standardMessage"))
    quote, files = object_of(standard.get("quote")), _files(standard.get("attachments"))
    group, outgoing = whose in book.groups, "outgoing" in item
    update = object_of(item.get("updateMessage"))
    at = item.get("dateSent")
    quoted = book.people.get(text_of(quote.get("authorId")) or "", nobody)[0]
    fields: dict[str, Value] = {
        "native_id": _id(handle, at),
        "conversation": other if group else between(other, book.owner),
        "handle": handle,
        "recipient": None if group else (other if outgoing else book.owner),
        "contact": phone,
        "posted_at": instant(at),
        "body": text_of(object_of(standard.get("text")).get("body")) or next(iter(update), None),
        "images": as_list(photos(files)),
    }
    more = {
        "reply_to": _id(quoted, quote.get("targetSentTimestamp")),
        "media": files,
        "deleted": "remoteDeletedMessage" in item,
        "edited": bool(list_of(item.get("revisions"))),
        "system": "updateMessage" in item,
        "name": name,
    }
    messages.add(line, fields, more)
    return True
