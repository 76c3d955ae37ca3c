"""How far is what a platform believes from what is true, person by person, move by move, figure by figure?"""
