"""Thin graph components: each hands a message's text to `bot.nlu` and adds what that reads."""
