"""What stands between Chaski and Rasa."""
