#!/bin/sh
# Hold the issue forms to the schemas that are published for them, by check-jsonschema,
# which brings them along. Where it cannot be installed, that is said, and it is no failure.
set -u
cd "$(dirname "$0")/.." || exit 1
room=$(mktemp -d) || exit 1
trap 'rm -rf "$room"' EXIT
if ! { python3 -m venv "$room" && "$room/bin/pip" install --quiet check-jsonschema==0.39.0; } >"$room/log" 2>&1; then
	echo 'SKIPPED: check-jsonschema cannot be installed here (it takes python3, venv and PyPI); the issue forms were not looked at' >&2
	exit 0
fi
kind() {
	schema=$1
	shift
	"$room/bin/check-jsonschema" --builtin-schema "vendor.$schema" "$@"
}
kind github-issue-config .github/ISSUE_TEMPLATE/config.yml &&
	kind github-issue-forms $(ls .github/ISSUE_TEMPLATE/*.yml | grep -v /config.yml)
