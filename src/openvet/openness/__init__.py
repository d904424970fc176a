"""How open a release is: what of it is there, under which terms, and what is missing.

Facts go in, facts come out; nothing here opens a file of the target. The figures of
each framework stand in small data files beside the modules, each with its source.
"""
