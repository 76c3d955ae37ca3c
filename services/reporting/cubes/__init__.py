"""Which statistics are published, and what counts for each of them?"""
