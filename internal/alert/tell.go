package alert

import (
	"slices"
	"time"
)

// tell returns what is written about a group whose root stands: an edit of it
// and lines in its thread.
func (d *Dispatch) tell(g *Group) []Post {
	r := d.receiver(g)
	shown, muted := d.members(g)
	fresh := d.show(g, shown)
	opened := map[string]bool{}
	for _, n := range g.News {
		opened[n.ID] = opened[n.ID] || n.Kind == Opened
	}
	for _, a := range fresh {
		if !opened[a.ID] {
			g.News = append(g.News, News{ID: a.ID, Kind: Opened, At: d.Now})
		}
	}
	d.settle(g)
	d.repeat(g, r, shown)
	now, wait := d.due(g, r)
	lines := d.spoken(g, now)
	stale := d.Refresh > 0 && d.Now.Sub(g.EditedAt) >= d.Refresh && !g.Over()
	if len(now) == 0 && len(fresh) == 0 && g.Muted == muted && !stale {
		return nil
	}
	g.News, g.Muted, g.EditedAt = wait, muted, d.Now
	g.Posts++
	d.changed[g.ID] = true
	out := []Post{{Kind: PostEdit, Group: *g, Alerts: shown, N: g.Posts}}
	if len(lines) > 0 {
		if slices.ContainsFunc(lines, func(n News) bool { return n.By == "" }) {
			g.NewsAt = d.Now
		}
		g.Posts++
		out = append(out, Post{Kind: PostLine, Group: *g, Alerts: shown, News: lines, N: g.Posts})
	}
	for i := range out {
		out[i].Group = *g
	}
	return out
}

// settle ends a group whose members are all over.
func (d *Dispatch) settle(g *Group) {
	over := !g.awaits(d.Now)
	for _, m := range g.Members {
		if a := d.alert(m.ID); a != nil && !a.State.Over() {
			over = false
			break
		}
	}
	switch {
	case over && !g.Over():
		g.EndedAt = d.Now
		d.changed[g.ID] = true
	case !over && g.Over():
		g.EndedAt = time.Time{}
		d.changed[g.ID] = true
	}
}

// repeat adds the news that a group nobody looks after still stands.
func (d *Dispatch) repeat(g *Group, r Receiver, shown []Alert) {
	if r.Repeat <= 0 || g.Over() || d.Now.Sub(later(g.NewsAt, g.OpenedAt)) < r.Repeat {
		return
	}
	for i := range shown {
		if shown[i].State == Firing && !shown[i].Flapping {
			g.News = append(g.News, News{ID: shown[i].ID, Kind: Repeated, At: d.Now})
			return
		}
	}
}

// due splits the news into what is told now and what waits for group_interval:
// of a group of several, comings and goings wait.
func (d *Dispatch) due(g *Group, r Receiver) (now, wait []News) {
	if len(g.Members) == 1 || g.Over() || d.Now.Sub(g.NewsAt) >= r.Interval {
		return g.News, nil
	}
	for _, n := range g.News {
		if waits(n) {
			wait = append(wait, n)
		} else {
			now = append(now, n)
		}
	}
	return now, wait
}

// waits reports whether a piece of news may be gathered with others.
func waits(n News) bool {
	switch n.Kind {
	case Opened, Reopened, Updated, Ended, Retracted, Unsteady:
		return n.By == ""
	}
	return false
}

// spoken drops the news of members that people were not told of, and of those
// that are muted and did not end.
func (d *Dispatch) spoken(g *Group, list []News) []News {
	shown := make(map[string]bool, len(g.Members))
	for _, m := range g.Members {
		shown[m.ID] = m.Shown
	}
	var out []News
	for _, n := range list {
		if !shown[n.ID] {
			continue
		}
		if a := d.alert(n.ID); a == nil || a.State.Open() && d.muted[n.ID] != "" && n.By == "" {
			continue
		}
		out = append(out, n)
	}
	return out
}
