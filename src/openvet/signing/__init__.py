"""A signed record of an audit: who vouches for which files, under which policy.

`openvet sign` writes three files beside a bundle, and `openvet verify` reads them:

    NAME.model.sig            every file of the model and its digest, as OpenSSF model
                              signing writes it (in-toto, DSSE, Sigstore bundle)
    NAME.svr.sigstore.json    what was verified, under which policy (in-toto SVR)
    NAME.checkpoint           the ledger's Merkle root (RFC 6962, C2SP signed note)
"""
