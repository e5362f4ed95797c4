"""Real servers, clients and material that both tests and benches use; neither imports the other."""
