"""Readers: one file per format, each turns a subject into others."""
