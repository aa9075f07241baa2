package cli

import (
	"fmt"

	"shopwatch/internal/app"
	"shopwatch/internal/config"
)

// load reads a configuration and shows every problem in it.
func (t *terminal) load(path string) (*config.Config, error) {
	c, problems, err := readConfig(path, t.env)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", app.ErrRefused, err)
	}
	if len(problems) > 0 {
		lang, err := t.language("zh-CN")
		if err != nil {
			return nil, err
		}
		if err := problems.Write(t.err, lang); err != nil {
			return nil, err
		}
		return nil, errShown
	}
	return c, nil
}

// readConfig reads a configuration with all that the program knows about it.
func readConfig(path string, env func(string) (string, bool)) (*config.Config, config.Problems, error) {
	return config.Load(path, env, config.Options{CheckCron: app.CheckCron, CheckMatch: app.CheckMatch, CheckInterval: app.CheckInterval, CheckWatch: app.CheckWatch})
}
