"""Measuring the training subnet: `python -m tests.subnets.training.benchmark`."""
