"""Answers of the API made by hand, for tests of what the browser draws."""

from __future__ import annotations

import json
from typing import Any

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>"&\u0001\U0001f600 \u202egnp.exe'


def node(id: str, records: int = 1, bits: float | None = None, label: str = "") -> dict[str, Any]:
    kind, value = id.split(":", 1)
    time = "2026-01-02T10:00:00Z"
    return {
        "id": id, "kind": kind, "value": value, "label": label or value, "records": records, "bits": bits,
        "first_seen": time, "last_seen": time,
    }  # fmt: skip


def graph(nodes: list[dict[str, Any]], edges: list[tuple[int, int]]) -> dict[str, Any]:
    """A graph of nodes and of edges from record nodes to others, as positions."""
    records = sum(n["records"] for n in nodes if n["kind"] == "record")
    return {
        "network_id": "Nmade", "records": records, "identifiers": len(nodes), "by": 9, "nodes": nodes,
        "edges": {"record": [a for a, _ in edges], "shown": [b for _, b in edges], "records": [1] * len(edges)},
        "links": {"a": [], "b": [], "weight": [], "state": [], "links": []}, "said": [],
    }  # fmt: skip


# r1 and r3 share a weak template; r1 and r2 a phone, r2 and r3 an email, both strong.
SMALL = graph(
    [
        node("record:r1", label=HOSTILE),
        node("record:r2", label="second"),
        node("record:r3", records=3, label="third"),
        node("phone:+31612345678", 2, 20.0),
        node("email:a@example.org", 2, 18.0, label="=HYPERLINK(1)"),
        node("template:T1", 2, 2.0),
    ],
    [(0, 3), (1, 3), (1, 4), (2, 4), (0, 5), (2, 5)],
)


def large(records: int = 1_500, shown: int = 500, ties: int = 6) -> dict[str, Any]:
    """2,000 nodes: each record shows a few of the identifiers near its own place, and some far away."""
    kinds = ("phone", "email", "handle", "url", "image", "template")
    nodes = [node(f"record:{k:032x}", label=f"Record {k}") for k in range(records)]
    nodes += [node(f"{kinds[k % 6]}:v{k}", 18, 4.0 + k % 20) for k in range(shown)]
    edges = {
        (k, records + (k * shown // records + step * step + (k % 7 == 0) * 97 * step) % shown)
        for k in range(records)
        for step in range(ties)
    }
    return graph(nodes, sorted(edges))


def movements() -> dict[str, Any]:
    """One number in three places, once too fast; another that stays."""
    hour, start = 3_600, 1_767_225_600  # 2026-01-01
    places = [("Amsterdam, NL", 52.37, 4.89, 3), ("Madrid, ES", 40.42, -3.70, 2), (HOSTILE, 48.21, 16.37, 1)]
    times = [0, 1, 200, 500, 100, 300]
    moves = [(0, 1, 0, 1, "air"), (1, 2, 1, 200, ""), (2, 0, 200, 500, "")]
    return {
        "network_id": "Nmade", "follow": "phone", "records": 6, "placed": 6, "said": [],
        "places": [{"value": v, "latitude": a, "longitude": o, "records": n} for v, a, o, n in places],
        "tracks": [
            {"kind": "phone", "value": "+31612345678", "label": HOSTILE, "posts": 4, "places": 3, "moves": 3},
            {"kind": "phone", "value": "+31687654321", "label": "+31687654321", "posts": 2, "places": 1, "moves": 0},
        ],
        "posts": {
            "time": [start + t * hour for t in times], "track": [0, 0, 0, 0, 1, 1], "place": [0, 1, 2, 0, 0, 0],
            "record": [f"{k:032x}" for k in range(6)], "edited": [False, False, True, False, False, False],
        },
        "moves": [
            {
                "track": 0, "number": k + 1, "origin": a, "target": b, "left": start + left * hour,
                "arrived": start + arrived * hour, "km": 1_481, "kmh": 1_481, "edit": False, "verdict": verdict,
                "record_left": f"{k:032x}", "record_arrived": f"{k + 1:032x}", "sentence": f"{HOSTILE} went.",
            }
            for k, (a, b, left, arrived, verdict) in enumerate(moves)
        ],
    }  # fmt: skip


def serve(page: Any, part: str, answer: object) -> None:
    """Let the API's answer be this one."""
    body = json.dumps(answer)
    page.route(f"**/api/v1/networks/*/{part}*", lambda route: route.fulfill(body=body, content_type="application/json"))
    if part == "graph":
        opened = json.dumps({"total": 0, "items": [], "links": [], "links_total": 0})
        page.route("**/graph/node*", lambda route: route.fulfill(body=opened, content_type="application/json"))


def until(page: Any, what: str) -> None:
    """Wait until an expression holds; asked by the debugger, as the pages' policy takes no script from elsewhere."""
    for _ in range(1_000):
        if page.evaluate(what):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"It never came to be that {what}.")
