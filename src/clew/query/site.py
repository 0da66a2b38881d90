"""Sites: the list, and one of them with what it shares with others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clew.engine.duckdb import Engine
from clew.model.errors import MissingError

SiteSort = Literal["shared", "clones", "pages", "newest", "name"]
_ORDER = {
    "shared": "shared DESC, clones DESC, pages DESC, site",
    "clones": "clones DESC, shared DESC, pages DESC, site",
    "pages": "pages DESC, site",
    "newest": "last_at DESC NULLS LAST, site",
    "name": "site",
}
_TYPES = ("widget", "company", "claim", "phone", "email", "handle", "wallet", "account")  # in which they are shown
_MOST_IDS, _NAMED = 200, 6
MOST_NETWORKS = 5
MOST_NAMING = 20


@dataclass(frozen=True)
class Site:
    """A site in a list.

    Attributes:
        site: its registrable domain.
        pages, offers: records of it.
        first_at, last_at: when they were captured or posted.
        shared: ids and contacts that other sites have too.
        claims: company claims that do not hold.
        clones: other sites with near-copies of its pages.
    """

    site: str
    pages: int
    offers: int
    first_at: datetime | None
    last_at: datetime | None
    shared: int
    claims: int
    clones: int


@dataclass(frozen=True)
class SharedId:
    """Something that stands in pages of a site: in how many, on how many sites, and the first other ones."""

    type: str
    value: str
    pages: int
    sites: int
    others: tuple[str, ...]


@dataclass(frozen=True)
class Clone:
    """Another site with near-copies of pages: how many of one family each has."""

    site: str
    template_id: str
    here: int
    there: int


@dataclass(frozen=True)
class SitePage:
    """A page of a site, or an offer that stood in one."""

    record_id: str
    kind: str
    url: str | None
    title: str | None
    seen_at: datetime | None


@dataclass(frozen=True)
class Belongs:
    """A network that holds pages of the site; its rank where it is a lead."""

    network_id: str
    pages: int
    rank: int | None


@dataclass(frozen=True)
class Naming:
    """A network whose adverts, messages … name the site: how many records do; its rank where it is a lead."""

    network_id: str
    records: int
    rank: int | None


@dataclass(frozen=True)
class SiteView:
    """A site with what it shares.

    Attributes:
        site: its counts.
        ids: what stands in it, by type, the most shared first.
        clones: near-copies on other sites.
        networks: the largest ones.
        named_by: networks with most records that name it, besides what stood on it.
        naming: how many such networks there are.
        pages: a part of its pages and offers.
    """

    site: Site
    ids: tuple[SharedId, ...]
    clones: tuple[Clone, ...]
    networks: tuple[Belongs, ...]
    named_by: tuple[Naming, ...]
    naming: int
    pages: tuple[SitePage, ...]


def sites(
    engine: Engine, name: str = "", sort: SiteSort = "shared", offset: int = 0, limit: int = 50
) -> tuple[list[Site], int]:
    """A page of the list of sites, and how many there are; ``name`` is a part of their names."""
    where = "contains(site, $name)" if name else "true"
    given = {"name": name.lower()} if name else {}
    total = engine.rows(f"SELECT count(*) AS n FROM sites WHERE {where}", **given)[0]["n"]
    query = f"SELECT * FROM sites WHERE {where} ORDER BY {_ORDER[sort]} LIMIT $n OFFSET $o"
    return [Site(**row) for row in engine.rows(query, **given, n=limit, o=offset)], total


def count_sites(engine: Engine) -> int:
    """How many there are."""
    return int(engine.row("SELECT count(*) FROM sites")[0])


def is_site(engine: Engine, name: str) -> bool:
    """Is there a site of that name?"""
    return bool(engine.rows("SELECT 1 FROM sites WHERE site = $name LIMIT 1", name=name))


def site_view(engine: Engine, name: str, offset: int = 0, limit: int = 50) -> SiteView:
    """A site, with a part of its pages.

    Raises:
        MissingError: there is no page of such a site.
    """
    networks = """SELECT network_id, pages, rank FROM site_nets JOIN networks USING (net)
        LEFT JOIN (SELECT net, rank FROM leads) USING (net)
        WHERE site = $name ORDER BY pages DESC, network_id LIMIT $most"""
    site = site_of(engine, name)
    named_by, naming = naming_of(engine, name)
    return SiteView(
        site,
        ids_of(engine, name),
        clones_of(engine, name),
        tuple(Belongs(**row) for row in engine.rows(networks, name=name, most=MOST_NETWORKS)),
        named_by,
        naming,
        pages_of(engine, name, offset, limit),
    )


def site_of(engine: Engine, name: str) -> Site:
    """The counts of a site.

    Raises:
        MissingError: there is no page of such a site.
    """
    found = engine.rows("SELECT * FROM sites WHERE site = $name", name=name)
    if not found:
        raise MissingError(f"There is no page of a site {name[:80]!r}.", "See the list of sites.")
    return Site(**found[0])


def naming_of(engine: Engine, name: str, limit: int = MOST_NAMING) -> tuple[tuple[Naming, ...], int]:
    """The networks of records that name a site and did not stand on it, and how many there are."""
    query = """
        WITH named AS (
            SELECT net, count(DISTINCT rid) AS records FROM ties WHERE type = 'domain' AND value = $name
                AND rid NOT IN (SELECT rid FROM site_pages WHERE site = $name) GROUP BY net
        )
        SELECT network_id, named.records, rank, count(*) OVER () AS total FROM named JOIN networks USING (net)
        LEFT JOIN (SELECT net, rank FROM leads) USING (net) ORDER BY named.records DESC, network_id LIMIT $most"""
    rows = engine.rows(query, name=name, most=limit)
    return tuple(Naming(r["network_id"], r["records"], r["rank"]) for r in rows), rows[0]["total"] if rows else 0


def clones_of(engine: Engine, name: str, limit: int = 100) -> tuple[Clone, ...]:
    """The sites with near-copies of its pages."""
    query = """SELECT b.site, a.template_id, a.pages AS here, b.pages AS there
        FROM (SELECT * FROM site_clones WHERE site = $name) a
        JOIN site_clones b ON b.template_id = a.template_id AND b.site <> a.site
        ORDER BY here DESC, there DESC, b.site, a.template_id LIMIT $n"""
    return tuple(Clone(**row) for row in engine.rows(query, name=name, n=limit))


def pages_of(engine: Engine, name: str, offset: int = 0, limit: int = 50) -> tuple[SitePage, ...]:
    """Its pages, then the offers that stood in them."""
    query = """SELECT record_id, kind, url, title, seen_at FROM site_pages WHERE site = $name
        ORDER BY kind DESC, url, seen_at, record_id LIMIT $n OFFSET $o"""
    return tuple(SitePage(**row) for row in engine.rows(query, name=name, n=limit, o=offset))


def ids_of(engine: Engine, name: str, limit: int = _MOST_IDS) -> tuple[SharedId, ...]:
    """What stands in its pages, what others have too first."""
    query = f"""
        WITH own AS (
            SELECT type, value, pages, sites FROM site_ids WHERE site = $name
            ORDER BY sites > 1 DESC, list_position($types, type), sites DESC, pages DESC, value LIMIT $n
        ), others AS (
            SELECT type, value, list(site ORDER BY site)[:{_NAMED}] AS others FROM id_sites SEMI JOIN own
            USING (type, value) WHERE site <> $name GROUP BY ALL
        )
        SELECT own.*, coalesce(others, []) AS others FROM own LEFT JOIN others USING (type, value)
        ORDER BY sites > 1 DESC, list_position($types, type), sites DESC, pages DESC, value"""
    rows = engine.rows(query, name=name, types=list(_TYPES), n=limit)
    return tuple(SharedId(**{**row, "others": tuple(row["others"])}) for row in rows)
