package store

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"

	"scalecam/fault"
	"scalecam/file"
)

// sums are what a file has been found to be.
type sums struct {
	sha256, git string // hexadecimal
	bytes       int64
}

// summed reads a file through. It returns ctx's error when ctx ends.
func summed(ctx context.Context, path string, report func(done int64)) (s sums, err error) {
	f, info, err := file.Open(path, "a weights file")
	if err != nil {
		return s, fault.Errorf("store: %w", err)
	}
	defer f.Close() // opened for reading only, nothing to lose
	plain, git := sha256.New(), sha1.New()
	git.Write(fmt.Appendf(nil, "blob %d\x00", info.Size())) // as git has it
	s.bytes, err = copyAll(ctx, io.MultiWriter(plain, git), f, report)
	if err != nil {
		return s, err
	}
	s.sha256, s.git = hexOf(plain), hexOf(git)
	return s, nil
}

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// copyAll copies, until ctx ends.
func copyAll(ctx context.Context, to io.Writer, from io.Reader, report func(done int64)) (n int64, err error) {
	const part = 1 << 20
	for {
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		m, err := io.CopyN(to, from, part)
		n += m
		if report != nil {
			report(n)
		}
		switch {
		case err == io.EOF:
			return n, nil
		case err != nil:
			return n, err
		}
	}
}

// The kinds of checksums, as assets.Published has them.
const (
	bySHA256 = "sha256:"
	byGit    = "git:"
)

// are tells that a file of these sums has the published checksum, "" of any.
func (s sums) are(checksum string) bool {
	if digits, ok := strings.CutPrefix(checksum, bySHA256); ok {
		return digits != "" && strings.HasPrefix(s.sha256, digits)
	}
	if digits, ok := strings.CutPrefix(checksum, byGit); ok {
		return s.git == digits
	}
	return checksum == ""
}

// trust is how much a checksum tells.
func trust(checksum string) Trust {
	switch {
	case checksum == "":
		return FirstUse
	case strings.HasPrefix(checksum, bySHA256) && len(checksum) < len(bySHA256)+2*sha256.Size:
		return Prefix
	}
	return Whole
}

// of is what the sums are, of the checksum's kind.
func (s sums) of(checksum string) string {
	if strings.HasPrefix(checksum, byGit) {
		return byGit + s.git
	}
	return bySHA256 + s.sha256
}
