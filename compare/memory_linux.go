package compare

import "syscall"

// machineMemory is the machine's memory in bytes, 0 where it is not known.
func machineMemory() int64 {
	var info syscall.Sysinfo_t
	if syscall.Sysinfo(&info) != nil {
		return 0
	}
	return int64(info.Totalram) * int64(info.Unit) //nolint:unconvert // it is 32 bits wide on some systems
}
