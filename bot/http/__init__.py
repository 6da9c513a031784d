"""What every request meets before a channel does: connections, bodies, streams, addresses."""
