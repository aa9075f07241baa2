package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"shopwatch/bot/slack"
	"shopwatch/internal/config"
)

// namedWait is how long the chat may take to say who and what is there.
const namedWait = 30 * time.Second

// namedIDs are the channels, persons and groups of a configuration, each once.
func namedIDs(c *config.Config) []string {
	var out []string
	for _, n := range c.Named() {
		if !slices.Contains(out, n.ID) {
			out = append(out, n.ID)
		}
	}
	return out
}

// placed says of each finding about a place where the file names it.
func placed(c *config.Config, found []slack.Finding) []slack.Finding {
	for i := range found {
		var at []string
		for _, n := range c.Named() {
			if strings.HasSuffix(found[i].Name, "."+n.ID) {
				at = append(at, fmt.Sprintf("line %d, %s", n.Line, n.Key))
			}
		}
		if len(at) > 0 && !found[i].OK {
			found[i].Detail += " (" + c.File + " " + strings.Join(at, "; ") + ")"
		}
	}
	return found
}

// CheckNamed asks the chat whether what a configuration names is there, and
// writes a line for each that is not. ErrUnwell says that there are some.
func CheckNamed(ctx context.Context, out io.Writer, c *config.Config, log *slog.Logger) error {
	talk, _, err := slackOf(c, log, heard{})
	if err != nil {
		return err
	}
	bad, ids := 0, namedIDs(c)
	ctx, cancel := context.WithTimeout(ctx, namedWait)
	defer cancel()
	for _, f := range placed(c, talk.Places(ctx, ids)) {
		if !f.OK {
			bad++
			fmt.Fprintf(out, "× %s  %s\n    %s\n", f.Name, f.Detail, f.Fix)
		}
	}
	if bad > 0 {
		return fmt.Errorf("%w: %d of %d channels, persons and groups", ErrUnwell, bad, len(ids))
	}
	_, err = fmt.Fprintf(out, "all %d channels, persons and groups are there\n", len(ids))
	return err
}

// warnNamed logs what a configuration names and the chat does not have. A bot
// that starts goes on without them: the rest of its places work.
func warnNamed(ctx context.Context, talk *slack.Slack, c *config.Config, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, namedWait)
	defer cancel()
	for _, f := range placed(c, talk.Places(ctx, namedIDs(c))) {
		if !f.OK && ctx.Err() == nil {
			log.LogAttrs(ctx, slog.LevelWarn, "named in the configuration and not usable", slog.String("what", f.Name), slog.String("why", f.Detail), slog.String("fix", f.Fix))
		}
	}
}
