"""Questions to a workspace that was run: pivot from anything, show one thing. Nothing here writes."""
