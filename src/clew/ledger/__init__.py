"""The ledger: an append-only Merkle log of everything that was done, which cannot be rewritten unseen."""
