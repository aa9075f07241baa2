package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"text/tabwriter"
	"time"

	"shopwatch/bot/slack"
	"shopwatch/commands"
	"shopwatch/internal/config"
	"shopwatch/internal/i18n"
	"shopwatch/internal/source"
	"shopwatch/jobs"
)

// nextRuns is how many runs of each job a check shows.
const nextRuns = 5

// Check says that a configuration is usable and when its jobs will run.
func Check(out io.Writer, c *config.Config, env func(string) (string, bool)) error {
	specs, err := configSpecs(c, env)
	if err != nil {
		return err
	}
	if _, err := rules(c); err != nil {
		return err
	}
	zone := c.Markets()[0].Zone
	lines := [][2]string{{"digest morning", c.Schedule.Morning}, {"watch", c.Schedule.Watch}, {"backup", c.Storage.Backup.Schedule}}
	for _, s := range specs {
		if s.Schedule != "" {
			lines = append(lines, [2]string{"collect " + s.ID, s.Schedule})
		}
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s: no problems; %d shops, %d sources, %d posts\n", c.File, len(c.Markets()), len(specs), len(c.Post))
	for _, l := range lines {
		s, err := jobs.ParseCron(l[1], zone)
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrRefused, l[0], err)
		}
		fmt.Fprintf(w, "%s\t%s\t", l[0], l[1])
		for t, i := s.Next(time.Now()), 0; i < nextRuns; t, i = s.Next(t), i+1 {
			fmt.Fprintf(w, "%s  ", t.In(zone).Format("01-02 15:04"))
		}
		fmt.Fprintf(w, "\t%s\n", zone)
	}
	return w.Flush()
}

// HasSource reports whether a configuration declares a source with that id.
func HasSource(c *config.Config, id string) bool {
	specs, err := source.ParseSpecs(c.File, c.Raw, nil)
	_ = err // told by whoever uses the sources
	for _, s := range specs {
		if s.ID == id {
			return true
		}
	}
	return false
}

// Manifest prints the Slack app manifest, for signed HTTP when host is set.
func Manifest(out io.Writer, host string) error {
	o := slack.ManifestOptions{HTTPHost: host}
	for _, c := range commands.Slashes() {
		o.Commands = append(o.Commands, slack.ManifestCommand{Name: c.Name, Description: i18n.En().T(c.Help), Hint: c.Usage})
	}
	m, err := slack.Manifest(o)
	if err != nil {
		return err
	}
	_, err = out.Write(m)
	return err
}

// Healthcheck asks a running bot whether it is ready.
func Healthcheck(ctx context.Context, url string) error {
	const limit = 5 * time.Second
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // only the status matters
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", resp.Status)
	}
	return nil
}
