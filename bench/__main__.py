"""`make bench`: measures the engine, and keeps the figures in bench/results/."""

from bench import engine

engine.main()
