"""The report of an evidence package: a PDF that a prosecutor and a defence lawyer read."""
