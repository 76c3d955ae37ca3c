"""Who sends a request, and what may they do?"""
