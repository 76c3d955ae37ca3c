"""What becomes of a report, by the rules and what stands: recorded, waiting or refused, and why."""
