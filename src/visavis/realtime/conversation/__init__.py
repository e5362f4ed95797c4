"""A conversation: an agent in the room of an avatar that hears users, and has the avatar answer them."""
