"""TLS with the tracking server, against a real one with certificates made here."""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from baton_common.settings import SettingsError
from baton_registry.errors import RegistryMisconfigured, RegistryUnavailable
from baton_registry.settings import RegistrySettings, load_settings

SERVER, CLIENT = "MLFLOW_TRACKING_SERVER_CERT_PATH", "MLFLOW_TRACKING_CLIENT_CERT_PATH"
BUNDLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
INSECURE = "MLFLOW_TRACKING_INSECURE_TLS"


def certificate(path: Path, encryption: KeySerializationEncryption | None = None) -> Path:
    """A file with a certificate for this machine that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, path.stem)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + secret)
    return path


class _Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Place:
    """A server with TLS, and the certificates around it."""

    uri: str
    server: Path
    client: Path
    context: ssl.SSLContext


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A server whose certificate nobody usual has signed."""
    server, client = (certificate(tmp_path / f"{name}.pem") for name in ("server", "client"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Empty) as httpd:
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        uri = f"https://127.0.0.1:{httpd.server_port}"
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        for name in BUNDLES:
            monkeypatch.delenv(name, raising=False)
        yield Place(uri, server, client, context)
        httpd.shutdown()


def ask() -> None:
    """One question by what the environment says; an unknown model has no tags."""
    with load_settings(RegistrySettings).open_registry() as registry:
        assert registry.get_model_tags("m") == {}


def test_an_unknown_certificate_is_refused(place: Place) -> None:
    """The line says that it is the certificate."""
    with pytest.raises(RegistryUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        ask()


@pytest.mark.parametrize(
    "variable", [SERVER, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"]
)
def test_a_certificate_can_be_trusted(
    place: Place, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """By MLflow's variable, and by those that its client and ours have always known."""
    monkeypatch.setenv(variable, str(place.server))
    ask()


def test_it_need_not_be_looked_at(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """As MLflow has it; together with a certificate to trust it makes no sense."""
    monkeypatch.setenv(INSECURE, "true")
    ask()
    monkeypatch.setenv(SERVER, str(place.server))
    with pytest.raises(SettingsError, match=f"^{SERVER}=.*{INSECURE}"):
        load_settings(RegistrySettings)


def test_we_can_show_one_of_our_own(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that asks for a client's certificate gets it."""
    place.context.verify_mode = ssl.CERT_REQUIRED
    place.context.load_verify_locations(place.client)
    monkeypatch.setenv(SERVER, str(place.server))
    with pytest.raises(RegistryUnavailable):
        ask()
    monkeypatch.setenv(CLIENT, str(place.client))
    ask()


@pytest.mark.parametrize("variable", [SERVER, CLIENT])
def test_what_is_no_certificate_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A file that is missing, holds something else, or a key that asks for a password."""
    encrypted = certificate(tmp_path / "encrypted.pem", BestAvailableEncryption(b"secret"))
    (tmp_path / "text").write_text("no certificate")
    files = [tmp_path / "none", tmp_path / "text", *([encrypted] if variable == CLIENT else [])]
    for file in files:
        monkeypatch.setenv(variable, str(file))
        with pytest.raises(SettingsError, match=f"^{variable}=.*PEM"):
            load_settings(RegistrySettings)


@pytest.mark.parametrize("variable", BUNDLES)
def test_certificates_that_are_not_needed_may_be_unreadable(
    place: Place, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """These variables are for other programs, too; where TLS is needed, the line names them."""
    monkeypatch.setenv(variable, "/no/such/place")
    if variable != "SSL_CERT_DIR":  # a folder that is not there is one without certificates
        with pytest.raises(RegistryMisconfigured, match=variable):
            ask()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    with pytest.raises(RegistryUnavailable, match="no answer"):
        ask()
