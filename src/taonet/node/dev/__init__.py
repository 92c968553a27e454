"""What a developer's node can do beyond a real one."""
