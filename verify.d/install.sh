# installs what the steps need beyond a JDK and Maven: Debian packages (as root), the Python environment in .venv, and promtool there
packages=(maven python3-venv shellcheck util-linux iproute2 nftables)
missing=()
if command -v apt-get >/dev/null; then
  for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    [ "$(id -u)" -eq 0 ] || die "as root: apt-get update && apt-get install ${missing[*]}"
    apt-get -o DPkg::Lock::Timeout=300 update -q
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -q -y --no-install-recommends "${missing[@]}"
  fi
fi

wanted=$(cksum <verify.d/requirements.txt)
if [ "$(cat .venv/planloop-requirements 2>/dev/null)" != "$wanted" ]; then
  command -v python3 >/dev/null || die "no python3 on the PATH: install Python 3.11 or newer"
  # The mark comes last: an interrupted installation is never taken for a whole one.
  rm -rf .venv
  python3 -m venv .venv
  .venv/bin/pip install -q --disable-pip-version-check -r verify.d/requirements.txt
  printf '%s\n' "$wanted" >.venv/planloop-requirements
fi
# promtool alone, out of Debian's package: the server that comes with it would be started.
if command -v apt-get >/dev/null && ! command -v promtool >/dev/null; then
  fetched=$(mktemp -d)
  (
    cd "$fetched" || exit 1
    apt-get -q download prometheus || {
      apt-get -o DPkg::Lock::Timeout=300 update -q
      apt-get -q download prometheus
    }
    dpkg-deb -x prometheus_*.deb .
  )
  install -m 755 "$fetched/usr/bin/promtool" .venv/bin/promtool
  rm -rf "$fetched"
fi
printf 'installed: %s; Python %s in .venv\n' "${packages[*]}" "$(.venv/bin/python --version | cut -d' ' -f2)"
