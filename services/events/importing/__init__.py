"""How do books kept on paper and in spreadsheets come into the ledger?"""
