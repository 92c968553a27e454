"""Subnets that come with taonet."""
