"""The vault: keys, sealing (encryption at rest) and the original bytes of exhibits."""
