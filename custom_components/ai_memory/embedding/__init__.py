"""What makes vectors of texts: the protocol and the servers that are asked. Imports nothing of Home Assistant."""
