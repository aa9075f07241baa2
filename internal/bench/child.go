package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// Child runs one of the processes that a workload needs beside its own: a server
// of pages, a writer that is killed, a reader of damaged files. args are what
// Options.Child was followed by.
func Child(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) < 2 {
		return errors.New("bench child: what it is to do is missing")
	}
	switch args[0] {
	case "pages":
		total, err := strconv.Atoi(args[1])
		if err != nil {
			return fmt.Errorf("bench child: %w", err)
		}
		return servePages(ctx, 1, total, in, out)
	case "write":
		return childWrite(ctx, args[1], out)
	case "read":
		return childRead(ctx, args[1], out)
	}
	return fmt.Errorf("bench child: nothing is called %q", args[0])
}

// child is a process of ours.
type child struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func (b *run) child(ctx context.Context, args ...string) (*child, error) {
	if len(b.o.Child) == 0 {
		return nil, errNoChild
	}
	cmd := exec.CommandContext(ctx, b.o.Child[0], append(b.o.Child[1:len(b.o.Child):len(b.o.Child)], args...)...) //nolint:gosec // our own program
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &child{cmd: cmd, in: in, out: bufio.NewReader(out)}, nil
}

// errNoChild says that the caller did not say how to start one.
var errNoChild = errors.New("needs a process of its own, which was not offered")

// line reads what the child says next.
func (c *child) line() (string, error) {
	text, err := c.out.ReadString('\n')
	return strings.TrimSpace(text), err
}

// stop closes the child's input, which ends it, and waits.
func (c *child) stop() {
	c.in.Close()     //nolint:errcheck // it may have ended
	_ = c.cmd.Wait() // how it ended does not matter
}

// kill ends the child without a word, as a failing machine would; stop waits
// for it when all that it has said was read.
func (c *child) kill() error { return c.cmd.Process.Signal(syscall.SIGKILL) }
