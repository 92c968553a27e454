"""The taonet command."""
