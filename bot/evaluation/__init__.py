"""`make eval`: how well messages are understood, on data that nothing was trained on.

Each module measures one thing and says its goals; `run` puts them together. Data: `tests/data/`,
written by other hands than the training data.
"""
