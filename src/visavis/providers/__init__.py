"""Speech synthesis and other services that can be exchanged."""
