"""What stands: persons, households and units, their timelines, and how a fact changes them."""
