# What the scripts here share; sourced, from the repository's root.

say() { echo "· $*" >&2; }

fail() {
    echo "✗ $*" >&2
    exit 1
}

# Runs a command up to three times: networks stumble.
again() {
    local try
    for try in 1 2 3; do
        "$@" && return 0
        ((try < 3)) && say "That failed; trying again." && sleep $((try * 5))
    done
    return 1
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -n "$@" 2>/dev/null
    else
        return 1
    fi
}

as_root_apt() {
    command -v apt-get >/dev/null || return 1
    again as_root apt-get update --quiet=2 || return 1
    again as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends "$@" >/dev/null
}

# Unpacks Debian packages, with those they need and this machine lacks, into a folder: without root.
debian_tree() {
    local tree=$1 state=.build/apt
    shift
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$tree"
    local apt=(
        -o "Dir::State::lists=$PWD/$state/lists" -o "Dir::Cache=$PWD/$state/cache"
        -o Dir::State::status=/var/lib/dpkg/status -o Debug::NoLocking=1 -o APT::Sandbox::User=
        -o "Acquire::Retries=3"
    )
    again apt-get "${apt[@]}" update --quiet=2 || return 1
    local wanted
    wanted=$(apt-get "${apt[@]}" install --simulate --no-install-recommends "$@") || return 1
    wanted=$(awk '/^Inst/ {print $2}' <<<"$wanted")
    # What is installed already needs no second copy, but what was asked for by name may be here without its files.
    [[ -n $wanted ]] || wanted="$*"
    say "Unpacking $(wc -w <<<"$wanted") packages into $tree"
    # shellcheck disable=SC2086
    (cd "$state" && again apt-get "${apt[@]}" download --quiet=2 $wanted) || return 1
    local package
    for package in "$state"/*.deb; do
        dpkg-deb --extract "$package" "$tree" || return 1
    done
    rm -f "$state"/*.deb
}
