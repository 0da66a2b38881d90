"""Clew finds the thread: from online traces of human trafficking to the operations to look at first."""
