package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"shopwatch/internal/app"
)

// Exit codes.
const (
	exitOK      = 0
	exitNo      = 1
	exitUsage   = 2
	exitRefused = 3
)

// verbs is every verb in the order of help.
var verbs = []func(*terminal) *cobra.Command{
	demoVerb, galleryVerb, serveVerb,
	checkVerb, doctorVerb,
	askVerb, exportVerb, replayVerb,
	dbVerb,
	importVerb, backfillVerb, sourceVerb,
	manifestVerb, healthVerb, versionVerb,
	labVerb,
	benchVerb,
	alertVerb,
	outboxVerb,
	digestVerb,
	ruleVerb,
}

// terminal is where a verb reads and writes: data to out, everything else to err.
type terminal struct {
	out, err io.Writer
	env      func(string) (string, bool)
	lang     string
	logLevel string
	// logFormat is auto, text or json; auto is text on a terminal and JSON
	// elsewhere.
	logFormat string
}

// Main runs the program with the arguments after its name and returns the exit
// code. A second interrupt ends it at once.
func Main(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM) //nolint:forbidigo // the root of all contexts
	defer stop()
	context.AfterFunc(ctx, stop)
	t := &terminal{out: stdout, err: stderr, env: os.LookupEnv}
	root := t.root()
	root.SetArgs(args)
	return t.exit(root.ExecuteContext(ctx))
}

func (t *terminal) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "shopwatch",
		Short:         "A chat bot for the people who run shops on a marketplace",
		Example:       "  shopwatch demo",
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(c *cobra.Command, _ []string) error {
			return c.Help()
		},
	}
	root.SetOut(t.out)
	root.SetErr(t.err)
	root.SuggestionsMinimumDistance = 2
	root.PersistentFlags().StringVar(&t.lang, "lang", "", "language of what is shown: zh or en (default: the configuration's, else zh)")
	root.PersistentFlags().StringVar(&t.logLevel, "log", "warn", "log level: debug, info, warn or error")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	for _, v := range verbs {
		c := v(t)
		root.AddCommand(c)
	}
	return root
}

// usageError is a mistake in the arguments.
type usageError struct{ error }

func usage(err error) error { return usageError{err} }

// exit tells what went wrong and picks the code.
func (t *terminal) exit(err error) int {
	var wrong usageError
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return exitOK
	case errors.Is(err, errShown):
		return exitRefused
	}
	fmt.Fprintln(t.err, "shopwatch:", err)
	switch {
	case errors.Is(err, app.ErrRefused):
		return exitRefused
	case errors.As(err, &wrong), isUnknown(err):
		return exitUsage
	}
	return exitNo
}

// errShown says that the problems have been printed already.
var errShown = errors.New("problems were shown")

// isUnknown recognises cobra's own complaints about verbs and arguments, which
// have no type.
func isUnknown(err error) bool {
	for _, start := range []string{"unknown command", "accepts ", "requires ", "required flag"} {
		if len(err.Error()) >= len(start) && err.Error()[:len(start)] == start {
			return true
		}
	}
	return false
}

func (t *terminal) logger() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(t.logLevel)); err != nil {
		return nil, usage(fmt.Errorf("--log %q: want debug, info, warn or error", t.logLevel))
	}
	o := &slog.HandlerOptions{Level: level}
	if t.logFormat == "json" || t.logFormat == "auto" && !isTerminal(t.err) {
		return slog.New(slog.NewJSONHandler(t.err, o)), nil
	}
	return slog.New(slog.NewTextHandler(t.err, o)), nil
}

// language is the language asked for, or otherwise.
func (t *terminal) language(otherwise string) (string, error) {
	switch t.lang {
	case "":
		return otherwise, nil
	case "zh", "zh-CN":
		return "zh-CN", nil
	case "en":
		return "en", nil
	}
	return "", usage(fmt.Errorf("--lang %q: want zh or en", t.lang))
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
