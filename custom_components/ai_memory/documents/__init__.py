"""Text out of the household's files; without SQL and without Home Assistant."""
