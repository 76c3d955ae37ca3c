"""How is a whole province loaded through the front door, and does what readers then say equal what was told?"""
