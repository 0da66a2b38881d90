"""How long things are kept: retention, erasure that leaves nothing, backups that bring nothing back."""
