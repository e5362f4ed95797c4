"""Access to the outside: databases, stores, networks, room servers."""
