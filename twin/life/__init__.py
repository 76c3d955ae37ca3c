"""What happens to the people of the first day in the months behind it?"""
