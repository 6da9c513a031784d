"""Rasa custom actions: what is done for an intent. A few lines each; the work is in `bot/`.

`rasa run actions` serves them for Rasa's own commands; Chaski calls them in its own process.
"""
