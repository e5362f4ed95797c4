"""The surface `atlas`: the offline API."""
