"""Training: the control checkpoints, built from scratch on documents drawn without end."""
