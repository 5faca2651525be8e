"""The five reports: their networks, how each is trained, and what was recorded of it."""
