"""Facts: offices, prosecutors, police stations, contacts, figures, places, and the nearest one.

The tables lie in `data/directory/` (schema: its README). Nothing here speaks to a person: the
sentences are in `data/responses/`, put together by `bot.answers.tables`.
"""
