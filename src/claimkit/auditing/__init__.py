"""The audit: what must be measured for a decision, how much, until it is decided."""
