"""What touches the world outside: registries, stores, networks."""
