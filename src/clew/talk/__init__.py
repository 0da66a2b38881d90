"""Conversations: who talks with whom, by which stages, and who controls whom."""
