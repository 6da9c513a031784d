"""The hand-off: a person leaves the bot for a human operator, and comes back.

`cases` holds what is known of each (codes only), `relay` the words while a case is open (in memory
only), `service` joins them for the stages, the actions and the console. Law 5 and law 6 are kept
here: nobody is promised a person whom presence does not show, and the person may end it any time.
"""
