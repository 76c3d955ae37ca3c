"""What may be asked of the write side, and who may see it."""
