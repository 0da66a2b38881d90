"""Packages of evidence: BagIt bags (RFC 8493) that anyone can check without Clew and without trusting who made them."""
