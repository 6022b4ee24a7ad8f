"""What a message asks, as topics of the knowledge base: never what to answer."""
