"""`make bench`: the engine's figures, printed and kept in bench/results/."""

from bench import engine

engine.main()
