"""Byte-level parsers and the facts they yield; pure, bounded, execute nothing."""
