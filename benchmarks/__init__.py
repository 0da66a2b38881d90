"""Measurements of speed and quality; nothing here ships in the package."""
