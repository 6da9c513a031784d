"""What is measured or fitted by hand: speed, memory, and how urgency is joined. No tests."""
