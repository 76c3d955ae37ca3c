"""Which official tables do we keep?"""
