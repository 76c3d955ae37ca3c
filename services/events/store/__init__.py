"""The ledger and the rows beside it: append, publish, walk, compare, bring back."""
