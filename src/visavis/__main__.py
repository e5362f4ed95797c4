"""`python -m visavis`."""

from visavis.cli.main import run

run()
