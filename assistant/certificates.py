"""Which certificates are trusted: those that SSL_CERT_FILE or REQUESTS_CA_BUNDLE names, else certifi's."""

from __future__ import annotations

import os
import ssl


def certificates() -> str:
    """The file or folder of trusted certificates."""
    import certifi

    return os.environ.get("SSL_CERT_FILE") or os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where()


def tls_context() -> ssl.SSLContext:
    """Check certificates against the trusted ones; raises OSError."""
    path = certificates()
    if os.path.isdir(path):
        return ssl.create_default_context(capath=path)
    try:
        return ssl.create_default_context(cafile=path)
    except OSError as error:  # which does not say what file it means
        raise OSError(f"the certificates in {path} cannot be read: {error}") from error
