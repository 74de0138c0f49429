"""TLS with a tracking server, with certificates created here."""

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


def create_certificate(path: Path, encryption: KeySerializationEncryption | None = None) -> Path:
    """Creates a file with a self-signed certificate for this machine and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, path.stem)])
    now = datetime.now(UTC)
    signed = (
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
    path.write_bytes(signed.public_bytes(Encoding.PEM) + secret)
    return path


class _Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class TlsServer:
    """A TLS server and its certificates."""

    uri: str
    server: Path
    client: Path
    context: ssl.SSLContext


@pytest.fixture
def tls_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TlsServer]:
    """A server with a self-signed certificate."""
    server, client = (create_certificate(tmp_path / f"{name}.pem") for name in ("server", "client"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Empty) as httpd:
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        uri = f"https://127.0.0.1:{httpd.server_port}"
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        for name in BUNDLES:
            monkeypatch.delenv(name, raising=False)
        yield TlsServer(uri, server, client, context)
        httpd.shutdown()


def send_request() -> None:
    """Sends one request with the settings of the environment."""
    with load_settings(RegistrySettings).open_registry() as registry:
        assert registry.get_model_tags("m") == {}


def test_unknown_certificate_is_rejected(tls_server: TlsServer) -> None:
    """The error names the certificate."""
    with pytest.raises(RegistryUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        send_request()


@pytest.mark.parametrize(
    "variable", [SERVER, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"]
)
def test_certificate_can_be_trusted(
    tls_server: TlsServer, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """By MLflow's variable and by those of requests and httpx."""
    monkeypatch.setenv(variable, str(tls_server.server))
    send_request()


def test_verification_can_be_turned_off(
    tls_server: TlsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not together with a certificate to trust."""
    monkeypatch.setenv(INSECURE, "true")
    send_request()
    monkeypatch.setenv(SERVER, str(tls_server.server))
    with pytest.raises(SettingsError, match=f"^{SERVER}=.*{INSECURE}"):
        load_settings(RegistrySettings)


def test_client_certificate_is_sent(tls_server: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    tls_server.context.verify_mode = ssl.CERT_REQUIRED
    tls_server.context.load_verify_locations(tls_server.client)
    monkeypatch.setenv(SERVER, str(tls_server.server))
    with pytest.raises(RegistryUnavailable):
        send_request()
    monkeypatch.setenv(CLIENT, str(tls_server.client))
    send_request()


@pytest.mark.parametrize("variable", [SERVER, CLIENT])
def test_invalid_certificate_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A missing file, other content, or an encrypted key."""
    encrypted = create_certificate(tmp_path / "encrypted.pem", BestAvailableEncryption(b"secret"))
    (tmp_path / "text").write_text("no certificate")
    files = [tmp_path / "none", tmp_path / "text", *([encrypted] if variable == CLIENT else [])]
    for file in files:
        monkeypatch.setenv(variable, str(file))
        with pytest.raises(SettingsError, match=f"^{variable}=.*PEM"):
            load_settings(RegistrySettings)


@pytest.mark.parametrize("variable", BUNDLES)
def test_unused_certificates_may_be_unreadable(
    tls_server: TlsServer, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """The variables are for other programs, too. With https the error names them."""
    monkeypatch.setenv(variable, "/no/such/place")
    if variable != "SSL_CERT_DIR":  # a missing folder counts as an empty one
        with pytest.raises(RegistryMisconfigured, match=variable):
            send_request()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    with pytest.raises(RegistryUnavailable, match="no answer"):
        send_request()
