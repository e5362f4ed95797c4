"""The rules: what a key may do, how a job lives, who is told, what it costs."""
