"""What guards laws 1 and 2: pseudonyms, cleaning of text, logs without content, erasing."""
