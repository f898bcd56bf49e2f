"""The local web chat as journeys see it: the real process, and a page of it that is open all the time."""
