"""Has Mozilla's HTTP Observatory grade the documented production server; prints what it found.

    python -m tests.observatory        # needs root, for ports 80 and 443 in a network of its own

Ends with 1 when the grade is not A+.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.namespaces import namespace, within

ROOT = Path(__file__).resolve().parents[2]
SCAN = ROOT / ".cache/node/observatory/node_modules/@mdn/mdn-http-observatory/src/scan.js"
HOST = "returns.example.com"
HOSTS_OF_NAMESPACES = Path("/etc/netns")


def main() -> int:
    name = f"observatory-{os.getpid()}"
    with tempfile.TemporaryDirectory() as temporary, namespace(name), hosts_file(name):
        folder = Path(temporary)
        certify(folder)
        with serving(name, folder):
            result = scan(name, folder)
    for test, found in result["tests"].items():
        print(f"{test:32}{found['scoreModifier']:+5}  {found['result']}")
    grade, score = result["scan"]["grade"], result["scan"]["score"]
    print(f"grade {grade}, score {score}")
    return int(grade != "A+")


@contextmanager
def hosts_file(name: str) -> Iterator[None]:
    """Inside the namespace, the site's name means the loopback."""
    folder = HOSTS_OF_NAMESPACES / name
    folder.mkdir(parents=True)
    (folder / "hosts").write_text(f"127.0.0.1 localhost {HOST}\n", "utf-8")
    try:
        yield
    finally:
        (folder / "hosts").unlink()
        folder.rmdir()


def certify(folder: Path) -> None:
    """A certificate for the site, signed by nobody but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(tz=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, *private))


def environment(folder: Path) -> dict[str, str]:
    """Settings like production's, over a database of its own."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SECRET_KEY": "made-up-" + "0123456789abcdef" * 4,
        "SITE_URL": f"https://{HOST}",
        "DATABASE_URL": f"sqlite:///{folder / 'database.sqlite3'}",
        "EMAIL_URL": "memorymail://",
        "DEFAULT_FROM_EMAIL": "returns@example.com",
        "SHOPIFY_SHOP": "example.myshopify.com",
        "SHOPIFY_ACCESS_TOKEN": "made-up",
        "STATIC_ROOT": str(folder / "static"),
        "PHOTO_ROOT": str(folder / "photos"),
        "LOG_LEVEL": "WARNING",
        "WEB_WORKERS": "1",
    }


@contextmanager
def serving(name: str, folder: Path) -> Iterator[None]:
    """The web tier on ports 80 and, with the certificate, 443."""
    own = environment(folder)
    for command in (["migrate"], ["load_defaults"], ["collectstatic", "--no-input"]):
        subprocess.run(
            [sys.executable, "manage.py", *command, "-v", "0"], cwd=ROOT, env=own, check=True
        )
    script = within(name, "sh", "docs/deploy/web.sh")
    sealed = {
        "GRANIAN_SSL_CERTIFICATE": str(folder / "certificate.pem"),
        "GRANIAN_SSL_KEYFILE": str(folder / "key.pem"),
    }
    started = [
        subprocess.Popen(script, cwd=ROOT, env=own | {"WEB_PORT": "80"}),
        subprocess.Popen(script, cwd=ROOT, env=own | sealed | {"WEB_PORT": "443"}),
    ]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def scan(name: str, folder: Path, seconds: float = 40) -> dict[str, Any]:
    """What the Observatory says, once the site answers; ends the program when it does not."""
    deadline = time.monotonic() + seconds
    trusting = {**os.environ, "NODE_EXTRA_CA_CERTS": str(folder / "certificate.pem")}
    while True:
        done = subprocess.run(
            within(name, "node", str(SCAN), HOST),
            env=trusting, capture_output=True, text=True, check=False,
        )  # fmt: skip
        answer: dict[str, Any] = json.loads(done.stdout) if done.stdout else {"error": done.stderr}
        if "error" not in answer:
            return answer
        if time.monotonic() > deadline:
            sys.exit(f"The Observatory could not look: {answer['error']}")
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
