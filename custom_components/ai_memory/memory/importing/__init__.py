"""What comes from elsewhere: the plan's database, lines of JSON, another AI Memory."""
