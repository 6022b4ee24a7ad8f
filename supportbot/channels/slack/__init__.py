"""Customers in Slack: one set of listeners for Socket Mode and for signed HTTP."""
