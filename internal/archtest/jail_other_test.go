//go:build !linux

package archtest

import "syscall"

// jail has no effect here; the test runs as root on Linux only.
func jail(string) *syscall.SysProcAttr { return nil }
