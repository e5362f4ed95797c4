"""Organizations: their members, invitations and audit log. `core.identity` says who may act for them."""
