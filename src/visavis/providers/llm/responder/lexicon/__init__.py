"""What the responder knows of each language: words, patterns and fixed phrases, one TOML file a language."""
