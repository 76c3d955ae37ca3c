"""Who lives where on the first day?"""
