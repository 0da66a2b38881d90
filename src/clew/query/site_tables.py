"""Tables of the reading index for sites: the pages of each, what stands in their code and text, and who shares it.

A site is the registrable domain of its pages, which is their platform. Job offers that stood in its pages are of it.
All but ``site_nets`` can be made of the tables of a workspace, too.
"""

from __future__ import annotations

SITE_PAGES = """
SELECT platform AS site, rid, record_id, kind, url, title, coalesce(captured_at, posted_at) AS seen_at
FROM records SEMI JOIN (SELECT DISTINCT platform FROM records WHERE kind = 'page') USING (platform)
WHERE kind IN ('page', 'job_ad') ORDER BY site, kind DESC, url, seen_at, rid
"""

# What an operator gives away: contacts, ids of code, company numbers, and claims that do not hold.
SITE_IDS = """
WITH held AS (
    SELECT rid, type, value FROM ties
    WHERE type IN ('widget', 'company', 'phone', 'email', 'handle', 'wallet', 'account')
    UNION ALL SELECT rid, type::VARCHAR, value FROM mentions WHERE type::VARCHAR = 'claim'
), counted AS (
    SELECT site, type, value, count(DISTINCT rid) AS pages
    FROM held JOIN (SELECT rid, site FROM site_pages) USING (rid) GROUP BY ALL
)
SELECT *, count(*) OVER (PARTITION BY type, value) AS sites FROM counted ORDER BY site, type, value
"""
ID_SITES = "SELECT type, value, site, pages FROM site_ids WHERE sites > 1 ORDER BY type, value, site"

SITE_CLONES = """
SELECT site, template_id, count(*) AS pages, min(rid) AS example
FROM template_members JOIN (SELECT rid, site FROM site_pages WHERE kind = 'page') USING (rid) GROUP BY site, template_id
QUALIFY count(*) OVER (PARTITION BY template_id) > 1 ORDER BY site, template_id
"""
SITE_NETS = (
    "SELECT site, net, count(*) AS pages FROM site_pages JOIN members USING (rid) GROUP BY ALL ORDER BY site, net"
)

SITES = """
WITH seen AS (
    SELECT site, count(*) FILTER (kind = 'page') AS pages, count(*) FILTER (kind = 'job_ad') AS offers,
        min(seen_at) AS first_at, max(seen_at) AS last_at FROM site_pages GROUP BY site
), shared AS (
    SELECT site, count(*) FILTER (sites > 1) AS shared, count(*) FILTER (type = 'claim') AS claims
    FROM site_ids GROUP BY site
), cloned AS (
    SELECT a.site, count(DISTINCT b.site) AS clones FROM site_clones a
    JOIN site_clones b ON b.template_id = a.template_id AND b.site <> a.site GROUP BY a.site
)
SELECT site, pages, offers, first_at, last_at, coalesce(shared, 0) AS shared, coalesce(claims, 0) AS claims,
    coalesce(clones, 0) AS clones
FROM seen LEFT JOIN shared USING (site) LEFT JOIN cloned USING (site) ORDER BY site
"""
