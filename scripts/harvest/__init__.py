"""Makes the allow lists of `openvet.allow` from the libraries' own wheels."""
