"""supportbot: answers billing questions from the documentation and the customer's own account."""
