"""The doors: each authenticates, makes a `Turn`, and renders the replies. Nothing imports them."""
