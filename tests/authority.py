"""A throw-away certificate authority, for servers on the loopback that speak real TLS under other sites' names."""

from __future__ import annotations

import atexit
import functools
import shutil
import ssl
import subprocess
import tempfile
from pathlib import Path


@functools.cache
def server_context(hosts: tuple[str, ...]) -> ssl.SSLContext:
    """What a server needs to answer under these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    folder = certificate_folder(hosts)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


@functools.cache
def certificate_folder(hosts: tuple[str, ...]) -> Path:
    """Make an authority (`authority.pem`) and a certificate for all hosts; both are gone when the tests end."""
    assert shutil.which("openssl"), "the openssl command is needed to make the test's certificate"
    folder = Path(tempfile.mkdtemp(prefix="authority-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    names = ",".join(f"DNS:{host}" for host in hosts)
    (folder / "server.ext").write_text(
        f"subjectAltName={names}\nbasicConstraints=CA:FALSE\nkeyUsage=digitalSignature\n"
        "extendedKeyUsage=serverAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
    )
    (folder / "request.conf").write_text(
        "[req]\nprompt=no\ndistinguished_name=name\n[name]\nCN=player\n[authority]\nbasicConstraints=critical,CA:TRUE\n"
        "keyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n"
    )
    new_key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -config request.conf"
    for command in (
        f"req -x509 {new_key} -extensions authority -subj /CN=authority -days 2 -keyout authority.key"
        " -out authority.pem",
        f"req -new {new_key} -keyout server.key -out server.csr",
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -set_serial 2 -days 2 -extfile server.ext"
        " -out server.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    return folder
