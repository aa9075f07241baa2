package app

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"shopwatch/internal/config"
	"shopwatch/internal/report"
	"shopwatch/jobs"
	"shopwatch/storage/bolt"
	"shopwatch/storage/series"
)

// Upkeep says how the store is looked after. The zero value keeps what
// jobs.DefaultKeep says, makes no copies and warns of nothing.
type Upkeep struct {
	Keep  jobs.Keep
	Vault bolt.Vault // no Dir: no copies are made
	// BackupAt is a cron line.
	BackupAt string
	Warn     int64 // bytes in use that are said to be many; 0 for none
}

const (
	// pruneAt is when old things are forgotten: when nobody reads or sells much,
	// and after the nightly copy.
	pruneAt = "17 4 * * *"
	sizeAt  = "7 * * * *"
)

func upkeepOf(c *config.Config) Upkeep {
	k := c.Storage.Keep
	return Upkeep{
		Keep: jobs.Keep{
			Raw: time.Duration(k.Raw), Events: time.Duration(k.Events), Runs: time.Duration(k.Runs),
			Messages: time.Duration(k.Messages), Audit: time.Duration(k.Audit), Evidence: time.Duration(k.Evidence),
		},
		Vault: vaultOf(c), BackupAt: c.Storage.Backup.Schedule, Warn: int64(c.Storage.WarnSize),
	}
}

// agesOf is how long a configuration keeps the levels of a panel.
func agesOf(c *config.Config) series.Ages {
	k := c.Storage.Keep
	return series.Ages{Slots: time.Duration(k.Hours), Days: time.Duration(k.Days), Cubes: time.Duration(k.Days)}
}

// vaultOf is where the copies of a configuration's store are.
func vaultOf(c *config.Config) bolt.Vault {
	dir := c.Storage.Backup.Dir
	if dir == "" {
		dir = defaultVault(c.Storage.Path)
	}
	return bolt.Vault{Dir: dir, Keep: c.Storage.Backup.Keep}
}

func defaultVault(store string) string { return filepath.Join(filepath.Dir(store), "backup") }

// addUpkeep adds the jobs that look after the store.
func (a *App) addUpkeep() error {
	set, now := &a.set, a.set.Clock.Now
	if set.Upkeep.Keep == (jobs.Keep{}) {
		set.Upkeep.Keep = jobs.DefaultKeep()
	}
	prune := &jobs.Prune{DB: set.DB, Keep: set.Upkeep.Keep, Now: now, Logger: set.Logger}
	for i := range set.Shops {
		prune.Shops = append(prune.Shops, set.Shops[i].Shop)
	}
	first := &set.Shops[0]
	size := &jobs.Size{DB: set.DB, Shop: first.Shop, Root: first.Alerts, Warn: set.Upkeep.Warn, Now: now, Logger: set.Logger}
	for _, j := range []struct {
		name, at string
		wanted   bool
		job      func(jobs.Schedule) jobs.Job
	}{
		{"backup", set.Upkeep.BackupAt, set.Upkeep.Vault.Dir != "", func(s jobs.Schedule) jobs.Job { return jobs.Backup(a.saveCopy, s, now, set.Logger) }},
		{"prune", pruneAt, true, prune.Job},
		{"size", sizeAt, set.Upkeep.Warn > 0, size.Job},
	} {
		if !j.wanted {
			continue
		}
		s, err := jobs.ParseCron(j.at, first.Zone)
		if err != nil {
			return fmt.Errorf("%s: %w", j.name, err)
		}
		a.scheduler.Jobs = append(a.scheduler.Jobs, j.job(s))
	}
	return nil
}

// saveCopy makes a copy of the store while the bot goes on. Copies are named by
// real time, whatever clock the bot runs on.
func (a *App) saveCopy(ctx context.Context, _ time.Time) (string, int64, error) {
	a.copying.Lock()
	defer a.copying.Unlock()
	c, err := a.set.Upkeep.Vault.Save(ctx, a.set.DB, time.Now())
	return c.Path, c.Bytes, err
}

// storeStatus is how the store stands, for the status answer.
func (a *App) storeStatus(ctx context.Context) (report.StoreStatus, error) {
	size, err := a.set.DB.Size(ctx)
	return report.StoreStatus{
		Bytes: size.Bytes, Free: size.Free, Advice: size.Advice(a.set.Upkeep.Warn), Paused: a.collector.Paused(),
	}, err
}
