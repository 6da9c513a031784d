"""Rasa graph components that turn a message into codes: language, vector, intent, place, urgency.

Each is a thin component around plain functions, so that it can be tested without Rasa.
"""
