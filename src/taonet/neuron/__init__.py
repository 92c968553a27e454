"""What miners and validators share."""
