"""Code that runs in the processes of a pool. The worker and the gateway never import it."""
