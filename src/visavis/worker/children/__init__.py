"""What runs in the processes of a pool; the worker and the gateway themselves never import it."""
