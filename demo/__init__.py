"""A demo house for development, end-to-end tests and benchmarks."""
