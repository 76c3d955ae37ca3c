"""Did a device sign it, does its key count, and is that still so years later?"""
