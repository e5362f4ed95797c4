"""A conversation: an agent in the room of an avatar that hears users, thinks of answers and has the avatar speak."""
