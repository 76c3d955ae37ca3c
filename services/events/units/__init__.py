"""How do the official units of Việt Nam come onto the books?"""
