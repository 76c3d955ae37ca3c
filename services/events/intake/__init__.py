"""How many requests become few transactions, each report seeing those before it."""
