package archtest

import "syscall"

// jail locks a child into dir as a user who owns nothing.
func jail(dir string) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Chroot: dir, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
}
