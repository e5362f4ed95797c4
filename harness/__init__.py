"""Real servers, clients and test data for both tests and benchmarks, which do not import each other."""
