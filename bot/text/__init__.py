"""Text by itself: cleaning, folding, words, the six languages, the lexicon, numbers in it."""
