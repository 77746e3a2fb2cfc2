// Package version says which Scalecam this is: to who asks, and in what it writes.
package version

import (
	"encoding/json"
	"runtime/debug"
)

// Number is the version of this source: of the release that is made of it, or that is
// being worked towards. Versions are numbered by semver.org, 2.0.0. FyneApp.toml says the
// same.
const Number = "0.1.0"

// release is the commit that a release is built of, 40 hexadecimal digits, which the
// linker puts here:
//
//	go build -trimpath -ldflags "-X scalecam/version.release=$(git rev-parse HEAD)"
//
// It is "" in every other build.
var release string

// String is the version as programs and files name it: "0.1.0" of a release, "0.1.0-dev"
// of every other build. Neither says the commit, so that two builds which compute the same
// write the same bytes.
func String() string {
	if release != "" {
		return Number
	}
	return Number + "-dev"
}

// Name is "scalecam" with the version, by which files say what wrote them.
func Name() string { return "scalecam " + String() }

// Commit is the commit of the source, and changed that there was more than that in the
// working tree. It is "" where the build does not know: of tests, or without git.
func Commit() (commit string, changed bool) {
	if release != "" {
		return release, false
	}
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return "", false
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.modified":
			changed = s.Value == "true"
		}
	}
	return commit, changed
}

// Program states in a JSON file what wrote it, as "program". The zero Program is this
// program. One that was read is what the file says; where that says nothing, as files
// from before 0.1.0, it is the zero Program.
type Program struct{ read string }

// MarshalJSON implements json.Marshaler.
func (p Program) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }

// UnmarshalJSON implements json.Unmarshaler.
func (p *Program) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &p.read) }

// String names it, such as "scalecam 0.1.0".
func (p Program) String() string {
	if p.read == "" {
		return Name()
	}
	return p.read
}
