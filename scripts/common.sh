# shellcheck shell=bash
# common.sh: what scripts/check and scripts/quickstart share; sourced by both.
#
# Sets $top, the project's folder, and goes there.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top" || exit 1

# The system's tools before those of a user's own Python or Perl: the Debian
# packages below belong to the former.
export PATH="/usr/bin:/bin:/usr/sbin:/sbin:$PATH"
export LC_ALL=C.UTF-8
export PYTHONDONTWRITEBYTECODE=1 # the source tree stays as it is

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# packages_of GROUP...: their names, as listed in scripts/packages.
packages_of() {
	local group
	for group; do
		awk -v group="$group" '$1 == group { print $2 }' scripts/packages
	done
}

package_is_there() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# How to become root; with no terminal, sudo may not ask for a password.
if [ "$(id -u)" -eq 0 ]; then
	as_root=(env)
elif [ -t 0 ]; then
	as_root=(sudo)
else
	as_root=(sudo -n)
fi

can_be_root() {
	command -v "${as_root[0]}" >/dev/null || return
	[ "${as_root[*]}" != "sudo -n" ] || sudo -n true 2>/dev/null
}

# install_packages GROUP...: what is missing of them, and nothing else.
install_packages() {
	local name missing=()
	if ! command -v dpkg-query >/dev/null; then
		echo "This is not Debian: going on with what is installed." \
		    "See scripts/packages for what is needed."
		return
	fi
	for name in $(packages_of "$@"); do
		package_is_there "$name" || missing+=("$name")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	can_be_root || die "these packages are missing, and installing them" \
	    "takes root or sudo: apt-get install ${missing[*]}"
	echo "Installing ${missing[*]}"
	mkdir -p build
	{
		"${as_root[@]}" apt-get update &&
		    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get \
		    install -y --no-install-recommends "${missing[@]}"
	} </dev/null >build/install.log 2>&1 || {
		tail -n 20 build/install.log >&2
		die "apt-get could not install ${missing[*]} (build/install.log)"
	}
}

# configure FOLDER OPTION...: a build folder with exactly these options.
# One that was made at another path, or by another meson, is made anew.
configure() {
	local folder=$1
	shift
	if [ -f "$folder/build.ninja" ] &&
	    meson setup --reconfigure "$folder" "$@" 2>&1; then
		return
	fi
	rm -rf "$folder"
	meson setup "$folder" "$@" 2>&1
}
