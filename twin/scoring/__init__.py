"""How far is what a platform believes from what is true: persons, households, moves and figures?"""
