"""What a chaos run needs around it: ports, environment, database, broker, processes."""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import psycopg
from cryptography.fernet import Fernet

HERE = Path(__file__).resolve().parents[2]
RABBITMQ_HOST = "chaos"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, seconds: float = 30, host: str = "127.0.0.1") -> None:
    """Waits until something answers; raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"Nothing answers on port {port}.")


@dataclass
class Scene:
    """The processes of one run and the environment they share."""

    broker: str
    folder: Path
    postgres: str
    shop_port: int = field(default_factory=free_port)
    mail_port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    redis_port: int = field(default_factory=free_port)
    tiktok_port: int = field(default_factory=free_port)
    token_key: str = field(default_factory=lambda: Fernet.generate_key().decode())
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    database: str = ""

    @property
    def shop_url(self) -> str:
        return f"http://127.0.0.1:{self.shop_port}"

    def environment(self) -> dict[str, str]:
        """What every process of the portal runs with; fixed for the run."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "returns_portal.settings",
            "DEBUG": "false",
            "SECRET_KEY": "chaos-" + "0" * 50,
            "SITE_URL": f"http://127.0.0.1:{self.web_port}",
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": self.database_url(),
            "CACHE_URL": (
                "locmemcache://" if self.memory else f"redis://127.0.0.1:{self.redis_port}/1"
            ),
            "CELERY_BROKER_URL": self.broker_url(),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "DEFAULT_FROM_EMAIL": "Returns <returns@example.com>",
            "SHOPIFY_SHOP": "demo-shop.myshopify.com",
            "SHOPIFY_BASE_URL": self.shop_url,
            "SHOPIFY_ACCESS_TOKEN": "sandbox-access-token",
            "SHOPIFY_WEBHOOK_SECRETS": "sandbox-client-secret",
            "TIKTOK_APP_KEY": "sandbox-app-key",
            "TIKTOK_APP_SECRET": "sandbox-app-secret",
            "TIKTOK_BASE_URL": f"http://127.0.0.1:{self.tiktok_port}",
            "TIKTOK_AUTH_URL": f"http://127.0.0.1:{self.tiktok_port}",
            "TIKTOK_TOKEN_KEYS": self.token_key,
            "TIKTOK_TIMEOUT_SECONDS": "1.5",
            "TIKTOK_SETTLE_SECONDS": "2",
            "TIKTOK_POLL_SECONDS": "5",
            "SHOPIFY_TIMEOUT_SECONDS": "2",
            "SHOPIFY_SETTLE_SECONDS": "3",
            "OPERATION_LEASE_SECONDS": "12",
            "SWEEP_SECONDS": "2",
            "SYNC_ORDERS_SECONDS": "3600",
            "LOG_LEVEL": "ERROR",
        }

    @property
    def memory(self) -> bool:
        return self.broker == "memory"

    def database_url(self) -> str:
        if self.memory:
            return f"sqlite:///{self.folder / 'chaos.sqlite3'}"
        return f"{self.postgres.rsplit('/', 1)[0]}/{self.database}"

    def broker_url(self) -> str:
        return {
            "memory": "memory://localhost/",
            "redis": f"redis://127.0.0.1:{self.redis_port}/0",
            "rabbitmq": f"amqp://guest:guest@127.0.0.1:5672/{RABBITMQ_HOST}",
        }[self.broker]

    def prepare(self) -> None:
        """Makes the database and starts the broker and the cache."""
        if self.memory:
            return
        self.database = f"chaos_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{self.database}"'.encode())
        self.start_redis()
        if self.broker == "rabbitmq":
            rabbitmqctl("add_vhost", RABBITMQ_HOST)
            rabbitmqctl("set_permissions", "-p", RABBITMQ_HOST, "guest", ".*", ".*", ".*")

    def start_redis(self) -> subprocess.Popen[bytes]:
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        redis = self.start(["redis-server", "--port", str(self.redis_port), *options])
        wait_for_port(self.redis_port)
        return redis

    def restart_broker(self) -> None:
        """Stops the broker hard and starts it again: what it held in memory is gone."""
        if self.broker == "redis":
            redis = next(p for p in self.processes if "redis-server" in str(p.args))
            self.kill(redis)
            self.start_redis()
        elif self.broker == "rabbitmq":
            rabbitmqctl("stop_app")
            rabbitmqctl("start_app")

    def cut_database(self) -> None:
        """Ends every connection to the database at once, as its restart would."""
        if not self.database:
            return
        with psycopg.connect(self.postgres, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                [self.database],
            )

    def start(
        self, command: list[str], extra: Mapping[str, str] = MappingProxyType({}), **options: object
    ) -> subprocess.Popen[bytes]:
        """Starts a process in a group of its own, so that it dies with all its children."""
        log = (self.folder / "processes.log").open("ab")
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command,
            cwd=HERE,
            env=self.environment() | dict(extra),
            stdout=log,
            stderr=log,
            start_new_session=True,
            **options,
        )
        self.processes.append(process)
        return process

    def start_python(self, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
        return self.start([sys.executable, *arguments], **options)

    def start_web(self) -> None:
        serving = f"--listen=127.0.0.1:{self.web_port}"
        self.start_python("-m", "waitress", serving, "returns_portal.wsgi:application")
        wait_for_port(self.web_port)

    def start_worker(self) -> subprocess.Popen[bytes]:
        if self.memory:
            return self.start_python("-m", "tests.chaos.onebox")
        return self.start(self.worker_command())

    def worker_command(self) -> list[str]:
        celery = ["-m", "celery", "-A", "returns_portal", "worker", "-P", "threads", "-c", "4"]
        quiet = ["--without-mingle", "--without-gossip", "-n", f"{uuid.uuid4().hex[:6]}@chaos"]
        return [sys.executable, *celery, *quiet]

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.processes.remove(process)

    def end(self) -> None:
        """Kills what still runs and drops the database."""
        for process in list(self.processes):
            self.kill(process)
        if self.broker == "rabbitmq":
            rabbitmqctl("delete_vhost", RABBITMQ_HOST)
        if self.database:
            with psycopg.connect(self.postgres, autocommit=True) as connection:
                drop = f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)'
                connection.execute(drop.encode())


def rabbitmqctl(*arguments: str) -> None:
    subprocess.run(["rabbitmqctl", "-q", *arguments], check=True, capture_output=True)
