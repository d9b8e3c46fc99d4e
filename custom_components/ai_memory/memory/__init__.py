"""The engine: policy, without SQL and without Home Assistant."""
