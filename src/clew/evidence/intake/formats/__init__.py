"""One module per kind of file; each sets PLUGIN, a :class:`clew.evidence.intake.base.Kind`."""
