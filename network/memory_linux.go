package network

import (
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// systemMemory is the machine's, a container's where that is less, or what is left
// of the address space that the process may take (ulimit -v).
func systemMemory() int64 {
	has := int64(math.MaxInt64)
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) == nil {
		has = int64(info.Totalram) * int64(info.Unit)
	}
	for _, limit := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		if most, ok := numberIn(limit); ok {
			has = min(has, most)
		}
	}
	const addressSpace = 9 // RLIMIT_AS
	const unlimited = 1 << 62
	var limit syscall.Rlimit
	if syscall.Getrlimit(addressSpace, &limit) == nil && limit.Cur < unlimited {
		pages, _ := numberIn("/proc/self/statm") // that are taken
		has = min(has, max(int64(limit.Cur)-pages*int64(os.Getpagesize()), 1))
	}
	return has
}

// numberIn is the number that a file of the system's begins with.
func numberIn(path string) (int64, bool) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(data)), " ")
	n, err := strconv.ParseInt(first, 10, 64)
	return n, err == nil
}
