"""Set-up behind a proxy that inspects TLS, from an index of pip's configuration: pip, uv, Kafka's jars and the demo's data."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sdist import fetch_sdist
from connectors.tls import BUNDLES, authorities_for_requests, system_authorities
from embedded.jars import class_path
from schemas.errors import Unavailable
from scripts.index import configured, environment
from tests.house.inspecting import Proxy, inspecting_proxy

ROOT = Path(__file__).parents[2]
HOST = "index.example"
PASSWORD = "s3cret-word"
JAR = b"content of a jar"


def wheel(name: str, module: str) -> bytes:
    """A wheel of version 1.0 with one module, which `python -m` can run."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}/__init__.py": "",
        f"{name}/__main__.py": module,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return made.getvalue()


def sdist() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        content = b"from setuptools import setup\nsetup(name='data', version='1.0')\n"
        entry = tarfile.TarInfo("data-1.0/setup.py")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


UV = wheel(
    "uv",
    f"import os, sys\nos.execv({shutil.which('uv', path=str(Path(sys.executable).parent))!r}, ['uv', *sys.argv[1:]])\n",
)
"""Stands for the wheel of uv, which is large; what it runs is the real one."""
TINY, DATA = wheel("tiny", "print('tiny')\n"), sdist()
FILES = {"uv-1.0-py3-none-any.whl": UV, "tiny-1.0-py3-none-any.whl": TINY, "data-1.0.tar.gz": DATA}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def served() -> dict[str, bytes]:
    pages: dict[str, bytes] = {"repo.maven.apache.org/maven2/org/example/thing/1.0/thing-1.0.jar": JAR}
    for file, content in FILES.items():
        name = file.partition("-")[0]
        link = f"<a href='/files/{file}#sha256={sha256(content)}'>{file}</a>"
        pages[f"{HOST}/simple/{name}/"] = f"<!DOCTYPE html><html><body>{link}</body></html>".encode()
        pages[f"{HOST}/files/{file}"] = content
    return pages


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    with inspecting_proxy(tmp_path, served()) as running:
        yield running


@pytest.fixture
def env(tmp_path: Path, proxy: Proxy) -> dict[str, str]:
    """A user behind the proxy whose pip.conf names the index; nothing says whom to trust."""
    config = tmp_path / "home/.config/pip/pip.conf"
    config.parent.mkdir(parents=True)
    config.write_text(f"[global]\nindex-url = https://reader:{PASSWORD}@{HOST}/simple/\n")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path / "home"),
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_HTTP_RETRIES": "0",
        "PIP_RETRIES": "0",
        "HTTPS_PROXY": proxy.url,
        "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""),
    }


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment as set-up makes it first, with nothing but pip: it takes seconds, so it is made once."""
    made = tmp_path_factory.mktemp("fresh") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", made], check=True)
    return made


@pytest.fixture
def clone(tmp_path: Path, fresh: Path) -> Path:
    """A small product: its requirements are one wheel, and the installer's is the stand-in."""
    made = tmp_path / "clone"
    (made / "requirements").mkdir(parents=True)
    shutil.copytree(fresh, made / ".venv", symlinks=True, copy_function=os.link)
    shutil.copytree(ROOT / "scripts", made / "scripts")
    (made / "connectors").mkdir()
    for name in ("__init__.py", "tls.py"):
        shutil.copy(ROOT / "connectors" / name, made / "connectors")
    (made / "requirements/uv.txt").write_text(f"uv==1.0 --hash=sha256:{sha256(UV)}\n")
    (made / "requirements/run.txt").write_text(f"tiny==1.0 --hash=sha256:{sha256(TINY)}\n")
    (made / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["tiny"]\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "product"\nversion = "1.0"\n'
    )
    (made / "backend.py").write_text(BACKEND)
    return made


BACKEND = f"""
import pathlib
def build_editable(folder, config_settings=None, metadata_directory=None):
    name = "product-1.0-py3-none-any.whl"
    (pathlib.Path(folder) / name).write_bytes({wheel("product", "")!r})
    return name
"""


def set_up(clone: Path, env: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, clone / "scripts/setup.sh"],
        env={**env, "PYTHON": sys.executable},
        capture_output=True,
        check=False,
        text=True,
    )


def as_the_system(authority: Path) -> list[str]:
    """Runs a command where the system trusts `authority` alone, in a mount namespace of its own."""
    bundle = next((path for path in BUNDLES if Path(path).is_file()), None)
    trusting = (
        f'mount --bind {authority} {bundle}; [ ! -e /etc/pip.conf ] || mount --bind /dev/null /etc/pip.conf; exec "$@"'
    )
    command = ["unshare", "--mount", "--map-root-user", "sh", "-ec", trusting, "sh"]
    if bundle is None or subprocess.run([*command, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs a bundle of certificates (ca-certificates) and unprivileged mount namespaces (unshare)")
    return command


def is_set_up(clone: Path, done: subprocess.CompletedProcess[str], proxy: Proxy) -> None:
    assert done.returncode == 0, done.stderr
    assert (
        subprocess.run([clone / ".venv/bin/python", "-m", "tiny"], capture_output=True, check=True).stdout == b"tiny\n"
    )
    asked = {each.split()[0].rpartition("/")[2] for each in proxy.asked if "/files/" in each}
    assert asked == {"uv-1.0-py3-none-any.whl", "tiny-1.0-py3-none-any.whl"}
    assert PASSWORD not in done.stdout + done.stderr


@pytest.mark.long
def test_set_up_trusts_what_the_system_trusts(clone: Path, env: dict[str, str], proxy: Proxy) -> None:
    is_set_up(clone, set_up(clone, env, *as_the_system(proxy.ca)), proxy)


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_pip_and_uv_trust_whom_one_variable_names(name: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.touch()
    told = environment({name: str(bundle)}, {})
    assert (told["PIP_CERT"], told["SSL_CERT_FILE"]) == (str(bundle), str(bundle))


@pytest.mark.long
def test_set_up_takes_all_from_pip_s_configuration(
    clone: Path, env: dict[str, str], proxy: Proxy, tmp_path: Path
) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(
        f"[global]\nindex-url = https://nothing.example/\nproxy = {proxy.url}\n"
        f"[install]\nextra-index-url =\n    https://reader:{PASSWORD}@{HOST}/simple/\ncert = {proxy.ca}\n"
        f"find-links =\n    {tmp_path}/no-such-place\n"
    )
    del env["HTTPS_PROXY"]
    is_set_up(clone, set_up(clone, {**env, "PIP_CONFIG_FILE": str(config)}), proxy)


@pytest.mark.long
def test_set_up_trusts_no_stranger_and_tells_no_password(
    clone: Path, env: dict[str, str], proxy: Proxy, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with inspecting_proxy(other, {}) as stranger:
        done = set_up(clone, {**env, "PIP_CERT": str(stranger.ca)})
    assert done.returncode == 1
    assert "the package index does not answer" in done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    assert not proxy.asked


@pytest.mark.long
def test_a_failing_uv_tells_no_password(clone: Path, env: dict[str, str], proxy: Proxy) -> None:
    (clone / "requirements/run.txt").write_text(f"missing==1.0 --hash=sha256:{'0' * 64}\n")
    done = set_up(clone, {**env, "PIP_CERT": str(proxy.ca)})
    assert done.returncode == 1
    assert "a package could not be installed" in done.stderr
    assert PASSWORD not in done.stdout + done.stderr


def test_a_broken_configuration_of_pip_is_named_and_not_quoted(env: dict[str, str]) -> None:
    (Path(env["HOME"]) / ".config/pip/pip.conf").write_text(f"index-url = https://reader:{PASSWORD}@{HOST}/simple/\n")
    command = [sys.executable, "-m", "scripts.index", "echo", "reached"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert "pip cannot read its configuration" in done.stderr
    assert PASSWORD not in done.stdout + done.stderr
    assert "reached" not in done.stdout


def test_variables_of_uv_win() -> None:
    env = {
        "UV_INDEX_URL": "https://mine.example",
        "SSL_CERT_FILE": "/mine.pem",
        "UV_SYSTEM_CERTS": "0",
        "https_proxy": "http://mine",
    }
    told = environment(env, {"index-url": "https://theirs.example", "cert": "/theirs.pem", "proxy": "http://theirs"})
    assert {**told, **env} == told
    assert "UV_DEFAULT_INDEX" not in told
    assert "ALL_PROXY" not in told


def test_the_later_section_of_pip_s_configuration_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text("[install]\ntimeout = 7\ncert = /b\n[global]\ntimeout = 5\ncert = /a\nindex_url = https://a/\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setenv("PIP_CERT", "/c")
    found = configured()
    assert (found["timeout"], found["cert"], found["index-url"]) == ("7", "/c", "https://a/")


@pytest.fixture
def here(env: dict[str, str], proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process, behind the proxy, trusting its authority by the variable that OpenSSL reads."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**env, "SSL_CERT_FILE": str(proxy.ca), "PIP_CONFIG_FILE": os.devnull}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PIP_INDEX_URL", f"https://{HOST}/simple/")


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    made = tmp_path / "jars.sha256"
    made.write_text(f"{sha256(JAR)}  org.example:thing:1.0\n")
    return made


@pytest.mark.usefixtures("here")
def test_jars_are_fetched_through_the_proxy(listing: Path, tmp_path: Path) -> None:
    jars = tmp_path / "jars"
    assert class_path(lambda _: None, listing=listing, cache=jars) == str(jars / "thing-1.0.jar")
    assert (jars / "thing-1.0.jar").read_bytes() == JAR
    assert "REQUESTS_CA_BUNDLE" not in os.environ


@pytest.mark.usefixtures("here")
def test_jars_are_not_taken_from_a_stranger(
    listing: Path, tmp_path: Path, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ROOT / "no-such-file"))
    with pytest.raises(Unavailable, match="SSLError"):
        class_path(lambda _: None, listing=listing, cache=tmp_path / "jars")
    assert not proxy.asked


@pytest.mark.usefixtures("here")
def test_data_of_the_demo_are_fetched_through_the_proxy(tmp_path: Path) -> None:
    fetched = fetch_sdist(f"data==1.0 --hash=sha256:{sha256(DATA)}", tmp_path / "data")
    assert fetched.read_bytes() == DATA


def test_a_bundle_that_the_user_named_is_left_alone(tmp_path: Path) -> None:
    assert authorities_for_requests({"CURL_CA_BUNDLE": "/mine.pem"}) == {}
    assert authorities_for_requests({"SSL_CERT_FILE": str(tmp_path)}) == {"REQUESTS_CA_BUNDLE": str(tmp_path)}
    assert system_authorities({"SSL_CERT_FILE": str(tmp_path / "missing"), "SSL_CERT_DIR": str(tmp_path)}) == str(
        tmp_path
    )
