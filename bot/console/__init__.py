"""The operators' desk in a browser: sign-in, queue, conversation, helpers, the supervisor's pages.

It meets the bot only in `bot.handoff`. Of a person it shows codes, and words only from the claim
of their case on, straight from the relay store.
"""
