"""SCIM 2.0: an organization's identity provider keeps the list of its members here."""
