"""People's way in: OpenAI's API over the network's miners."""
