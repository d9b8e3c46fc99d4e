"""The files of the companion app, by the rules of the store, the Supervisor and the tools that check such files."""

from fnmatch import fnmatch
import os
from pathlib import Path
import re
import shutil
import struct
import subprocess
import sys
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
APP = ROOT / "addon"
MANIFEST = ROOT / "custom_components/ai_memory/manifest.json"
SCRIPTS = sorted((APP / "rootfs/usr/local/bin").iterdir())

# Keys that the Supervisor knows, with what it takes; an unknown key is dropped without a word.
KEYS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "version": str,
    "slug": str,
    "description": str,
    "url": str,
    "arch": list,
    "image": str,
    "startup": str,
    "timeout": int,
    "homeassistant": str,
    "stage": str,
    "discovery": list,
    "backup_pre": str,
    "backup_post": str,
    "backup_exclude": list,
    "ports": dict,
    "options": dict,
    "schema": dict,
    "breaking_versions": list,
}
REQUIRED = {"name", "version", "slug", "description", "arch"}
# What the store's linter wants left out.
DEFAULTS = {"boot": "auto", "stage": "stable", "apparmor": True, "backup": "hot"}
TYPE = re.compile(r"(bool|int|str|int\(\d*,\d*\)|list\([\w|]+\))\??")
SEMVER = re.compile(r"\d+\.\d+\.\d+")

YAMLLINT = (
    "{extends: default, rules: {document-start: disable, line-length: {max: 130},"
    " truthy: {check-keys: false}, comments: {min-spaces-from-content: 1}}}"
)


def load(path: Path) -> Any:
    """Read YAML."""
    return yaml.safe_load(path.read_text())


@pytest.fixture
def manifest() -> dict[str, Any]:
    """Give the app's config.yaml."""
    found: dict[str, Any] = load(APP / "config.yaml")
    return found


def tool(name: str) -> str:
    """Return where a program is, our virtual environment first; skip where it is not."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name, path=_PATH)
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


# Debian keeps apparmor_parser where ordinary users do not look.
_PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"


def check(*command: str | Path) -> None:
    """Run a tool; what it says is the failure."""
    done = subprocess.run(command, capture_output=True, check=False, cwd=ROOT)
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")


def test_config_has_known_keys_of_the_right_kind(manifest: dict[str, Any]) -> None:
    assert manifest.keys() >= REQUIRED
    assert manifest.keys() <= KEYS.keys()
    for key, value in manifest.items():
        assert isinstance(value, KEYS[key]), key
        assert DEFAULTS.get(key) != value, key
    assert SEMVER.fullmatch(manifest["version"])
    assert re.fullmatch(r"[-_.A-Za-z0-9]+", manifest["slug"])
    assert set(manifest["arch"]) == {"aarch64", "amd64"}
    assert re.fullmatch(r"[a-z0-9.-]+(/[a-z0-9._-]+){2}", manifest["image"])
    assert manifest["startup"] == "system"
    assert 10 < manifest["timeout"] <= 300
    assert manifest["ports"] == {"5432/tcp": None}


def test_options_fit_their_schema(manifest: dict[str, Any]) -> None:
    options, schema = manifest["options"], manifest["schema"]
    assert options.keys() <= schema.keys()
    for name, rule in schema.items():
        assert TYPE.fullmatch(rule), name
        # A new option that is neither optional nor has a default makes an update impossible.
        assert rule.endswith("?") or name in options
        if rule.startswith("list("):
            assert options[name] in rule.removeprefix("list(").rstrip(")?").split("|")
        elif rule == "bool":
            assert isinstance(options[name], bool)


def test_translations_name_every_option(manifest: dict[str, Any]) -> None:
    languages = {
        path.stem
        for path in (ROOT / "custom_components/ai_memory/translations").iterdir()
    }
    files = list((APP / "translations").iterdir())
    assert {path.stem for path in files} == languages
    for path in files:
        words = load(path)
        assert words["configuration"].keys() == manifest["schema"].keys()
        assert words["network"].keys() == manifest["ports"].keys()
        for option in words["configuration"].values():
            assert option.keys() == {"name", "description"}


def test_hooks_exist_and_can_run(manifest: dict[str, Any]) -> None:
    for key in ("backup_pre", "backup_post"):
        script = APP / "rootfs" / manifest[key].lstrip("/")
        assert os.access(script, os.X_OK)
    for script in SCRIPTS:
        assert os.access(script, os.X_OK)
        assert script.read_text().startswith("#!/usr/bin/env bash\n")


def test_discovery_and_home_assistant_fit_the_integration(
    manifest: dict[str, Any],
) -> None:
    integration = yaml.safe_load(MANIFEST.read_text())
    assert manifest["discovery"] == [integration["domain"]]
    hacs = yaml.safe_load((ROOT / "hacs.json").read_text())
    assert manifest["homeassistant"] == hacs["homeassistant"]


def test_security_rating(manifest: dict[str, Any]) -> None:
    """The Supervisor's rules; six is the most that a database without a page of its own can have."""
    rating = 5
    if manifest.get("apparmor", True) is False:
        rating -= 1
    elif (APP / "apparmor.txt").exists():
        rating += 1
    if manifest.get("ingress"):
        rating += 2
    elif manifest.get("auth_api"):
        rating += 1
    dangerous = {
        "BPF",
        "CHECKPOINT_RESTORE",
        "DAC_READ_SEARCH",
        "NET_ADMIN",
        "NET_RAW",
        "PERFMON",
        "SYS_ADMIN",
        "SYS_MODULE",
        "SYS_PTRACE",
        "SYS_RAWIO",
    }
    if dangerous & set(manifest.get("privileged", [])) or manifest.get(
        "kernel_modules"
    ):
        rating -= 1
    rating -= {"manager": 1, "admin": 2}.get(manifest.get("hassio_role", ""), 0)
    if manifest.get("host_network"):
        rating -= 1
    if manifest.get("host_pid"):
        rating -= 2
    if manifest.get("docker_api") or manifest.get("full_access"):
        rating = 1
    assert rating == 6


def test_store_finds_one_app_and_one_repository() -> None:
    """The store reads every file of these names, wherever it lies; a list in one of them stops it."""
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    suffixes = (".yaml", ".yml", ".json")
    apps = [
        name
        for name in map(Path, tracked)
        if name.stem == "config"
        and name.suffix in suffixes
        and not any(part.startswith(".") or part == "rootfs" for part in name.parts)
    ]
    repositories = [
        name
        for name in map(Path, tracked)
        if name.stem == "repository" and name.suffix in suffixes
    ]
    assert apps == [Path("addon/config.yaml")]
    assert repositories == [Path("repository.yaml")]
    about = load(ROOT / "repository.yaml")
    assert about.keys() == {"name", "url", "maintainer"}


def test_store_pictures() -> None:
    for name, sizes in (("icon.png", {(128, 128)}), ("logo.png", {(250, 100)})):
        head = (APP / name).read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", head[16:24]) in sizes
    for name in ("README.md", "DOCS.md", "CHANGELOG.md"):
        assert (APP / name).read_text().strip()


def test_changelog_knows_the_version(manifest: dict[str, Any]) -> None:
    assert f"## {manifest['version']}\n" in (APP / "CHANGELOG.md").read_text()


def test_exit_codes_are_documented() -> None:
    common = (APP / "rootfs/usr/local/lib/ai_memory/common.sh").read_text()
    codes = re.findall(r"\bEX_[A-Z_]+=(\d+)", common)
    assert len(codes) == 7
    documented = (APP / "DOCS.md").read_text()
    for code in codes:
        assert f"\n| {code} |" in documented


def test_backup_excludes_what_the_dump_replaces(manifest: dict[str, Any]) -> None:
    patterns = manifest["backup_exclude"]
    for name, excluded in {
        "pgdata": True,
        "pgdata.new": True,
        "generated": True,
        "reserve": True,
        "backup": False,
        "secret": False,
        "instance_id": False,
        "custom.conf": False,
        "options.json": False,
    }.items():
        # As the Supervisor does, on its own path; older ones had another.
        for where in ("apps", "addons"):
            path = Path(f"/data/{where}/data/d3b82f09_ai_memory_db/{name}")
            assert any(path.match(pattern) for pattern in patterns) is excluded


def test_dockerfile() -> None:
    text = (APP / "Dockerfile").read_text()
    assert re.match(r"FROM pgvector/pgvector:\d+\.\d+\.\d+-pg16-bookworm\n", text)
    added = re.search(r"--no-install-recommends ([\w ]+) \\\n", text)
    assert added
    assert added[1].split() == ["curl", "jq"]
    assert "\nSTOPSIGNAL SIGTERM\n" in text
    assert 'CMD ["/usr/local/bin/healthcheck"]' in text
    for label in ("type", "name", "description", "url", "arch", "version"):
        assert f"io.hass.{label}=" in text


def test_compose_is_the_same_app(manifest: dict[str, Any]) -> None:
    services = load(ROOT / "compose.yaml")["services"]
    database = services["database"]
    assert database["image"] == f"{manifest['image']}:{manifest['version']}"
    assert database["init"] is True
    assert "healthcheck" in database
    assert [entry for entry in database["volumes"] if entry.endswith(":/data")]
    assert all(port.startswith("127.0.0.1:") for port in database["ports"])
    assert services["ollama"]["profiles"] == ["ollama"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", services["ollama"]["image"].split(":")[1])


def test_workflow_builds_the_same_app(manifest: dict[str, Any]) -> None:
    text = (ROOT / ".github/workflows/app.yaml").read_text()
    jobs = yaml.safe_load(text)["jobs"]
    for action in (
        "prepare-multi-arch-matrix",
        "build-image",
        "publish-multi-arch-manifest",
    ):
        assert f"home-assistant/builder/actions/{action}@" in text
    for used in re.findall(r"uses: \S+@(\S+)", text):
        assert re.fullmatch(r"[0-9a-f]{40}", used)
    assert jobs.keys() >= {"prepare", "build", "publish", "published"}
    assert manifest["image"].startswith("ghcr.io/")


def test_shellcheck() -> None:
    program = tool("shellcheck")
    for script in SCRIPTS:
        check(program, "-x", "-a", "-P", "SCRIPTDIR", script)


def test_hadolint() -> None:
    # Debian's versions of curl and jq change within the release.
    check(tool("hadolint"), "--ignore", "DL3008", APP / "Dockerfile")


def test_yamllint() -> None:
    files = [
        path
        for path in (
            *APP.rglob("*.yaml"),
            *(ROOT / ".github").rglob("*.y*ml"),
            *ROOT.glob("*.yaml"),
        )
        if not fnmatch(str(path), "*rootfs*")
    ]
    assert len(files) >= 5
    check(tool("yamllint"), "--strict", "-d", YAMLLINT, *files)


def test_apparmor(tmp_path: Path) -> None:
    program = tool("apparmor_parser")
    text = (APP / "apparmor.txt").read_text()
    # As the Supervisor does when it installs the app; there must be one such line.
    renamed, number = re.subn(
        r"(?m)^profile ([^ ]+)(.*)$", r"profile d3b82f09_ai_memory_db\2", text
    )
    assert number == 1
    profile = tmp_path / "profile"
    for content in (text, renamed):
        profile.write_text(content)
        check(program, "--skip-kernel-load", "--skip-cache", "--stdout", profile)
