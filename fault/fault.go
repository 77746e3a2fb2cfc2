// Package fault makes errors that can be told in another language: they keep
// the format and the values that they were made of.
package fault

import "fmt"

// Error is an error of ours. Its Format is the key by which catalogues of other
// languages know it (see assets.Errors).
type Error struct {
	Format string // of package fmt, in English
	Args   []any
	err    error
}

// Errorf is fmt.Errorf, and keeps what the error is made of.
func Errorf(format string, args ...any) error {
	return &Error{format, args, fmt.Errorf(format, args...)}
}

// Error is what the error says in English.
func (e *Error) Error() string { return e.err.Error() }

// Unwrap gives what fmt.Errorf made, which wraps what a %w stands for.
func (e *Error) Unwrap() error { return e.err }
