"""Jinja templates, parsed by Jinja's own parser and never compiled or rendered."""
