#!/bin/sh
# Start memokit on Linux or macOS: makes the environment the first time, then opens the page in the browser.
# Messages are in Dutch: this file is for councils. Developers use make.
cd "$(dirname "$0")" || exit 1

stop() {
  echo
  echo "$1"
  echo
  if [ -t 0 ]; then
    printf "Druk op Enter om dit venster te sluiten. "
    read -r _
  fi
  exit 1
}

new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if ! new_enough .venv/bin/python; then
  python=""
  for candidate in python3.13 python3.12 python3.11 python3; do
    if new_enough "$candidate"; then
      python=$candidate
      break
    fi
  done
  [ -n "$python" ] || stop "memokit heeft Python 3.11 of nieuwer nodig. Installeer Python (zie python.org) en open dit bestand opnieuw."
  echo "memokit wordt klaargezet. Dat gebeurt maar een keer en duurt enkele minuten; er is internet voor nodig."
  "$python" -m venv .venv || stop "De map .venv kon niet gemaakt worden. Op Debian of Ubuntu: installeer het pakket python3-venv."
fi

# .venv/requirements.lock is a copy of what is installed: the same, and there is nothing to do.
if ! cmp -s requirements.lock .venv/requirements.lock; then
  echo "De onderdelen worden geïnstalleerd ..."
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock &&
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . &&
    cp requirements.lock .venv/requirements.lock ||
    stop "Het installeren lukte niet. Is er internet? Kijk naar de melding hierboven en probeer het daarna opnieuw."
fi

echo "memokit opent in je browser. Laat dit venster open zolang je werkt; sluit het om te stoppen."
.venv/bin/python -m memokit app "$@" || stop "memokit is gestopt met een fout. Kijk naar de melding hierboven."
