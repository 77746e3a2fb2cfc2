package cli

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// giveBackFile gives back to the system what is in memory of the program's own
// read-only data: most of it is embedded weights, which have been read. What is
// read again comes out of the system's cache of the file. It tells how many bytes
// that is.
func giveBackFile() (given uint64) {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return 0
	}
	maps, err := os.Open("/proc/self/smaps")
	if err != nil {
		return 0
	}
	defer maps.Close()
	var from, to uint64 // of the mapping that the lines are about; to is 0 for none to give back
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) == 0:
		case !strings.HasSuffix(words[0], ":"): // address perms offset device inode path
			to = 0
			if len(words) > 5 && words[1] == "r--p" && strings.Join(words[5:], " ") == program {
				from, to = bounds(words[0])
			}
		case words[0] == "Anonymous:" && words[1] == "0" && to > from: // all of it is as the file has it
			if _, _, failed := syscall.Syscall(syscall.SYS_MADVISE, uintptr(from), uintptr(to-from), syscall.MADV_DONTNEED); failed == 0 {
				given += to - from
			}
		}
	}
	return given
}

// bounds reads "start-end" in hexadecimal; 0, 0 where it is anything else.
func bounds(text string) (from, to uint64) {
	start, end, _ := strings.Cut(text, "-")
	from, err := strconv.ParseUint(start, 16, 64)
	if err != nil {
		return 0, 0
	}
	if to, err = strconv.ParseUint(end, 16, 64); err != nil {
		return 0, 0
	}
	return from, to
}
