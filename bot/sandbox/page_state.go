package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
)

// shownMessages bounds what the page draws of a channel.
const shownMessages = 300

// pageState is all that the page shows to one person.
type pageState struct {
	Rev      int           `json:"rev"`
	Linked   bool          `json:"linked"`
	Me       pageUser      `json:"me"`
	Users    []pageUser    `json:"users"`
	Groups   []pageGroup   `json:"groups"`
	Channels []pageChannel `json:"channels"`
	Open     pageChannel   `json:"open"`
	Messages []pageMessage `json:"messages"`
	Thread   []pageMessage `json:"thread"` // root first; empty when none is open
	Modal    *pageView     `json:"modal"`
	Home     *pageView     `json:"home"`
}

type pageUser struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Real string `json:"real"`
	Bot  bool   `json:"bot"`
}

type pageGroup struct {
	ID     string `json:"id"`
	Handle string `json:"handle"`
}

type pageChannel struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Topic   string `json:"topic"`
	Kind    string `json:"kind"` // channels, groups or im
	Member  bool   `json:"member"`
	Members int    `json:"members"`
	Unread  int    `json:"unread"`
}

type pageMessage struct {
	TS        string          `json:"ts"`
	Thread    string          `json:"thread"`
	User      string          `json:"user"`
	Bot       bool            `json:"bot"`
	System    bool            `json:"system"`
	Ephemeral bool            `json:"ephemeral"`
	Text      string          `json:"text"`
	Blocks    json.RawMessage `json:"blocks"`
	Edited    bool            `json:"edited"`
	Replies   int             `json:"replies"`
	LastReply string          `json:"last_reply"`
	Repliers  []string        `json:"repliers"`
	Reactions []pageReaction  `json:"reactions"`
	Files     []pageFile      `json:"files"`
}

type pageReaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
}

type pageFile struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Title   string `json:"title"`
	Size    int    `json:"size"`
	Picture bool   `json:"picture"`
}

type pageView struct {
	ID      string            `json:"id"`
	Hash    string            `json:"hash"`
	Content object            `json:"content"`
	Errors  map[string]string `json:"errors"`
}

// serveState answers with what a person sees. Unknown names fall back to the
// first person and the first channel, so that an old link still opens.
func (s *Sandbox) serveState(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	s.mu.Lock()
	s.space.settleShares()
	state := s.space.pageState(q.Get("user"), q.Get("channel"), q.Get("thread"))
	state.Rev, state.Linked = s.rev, s.opt.HTTPURL != "" || s.Links() > 0
	body := mustJSON(state)
	s.mu.Unlock()
	pageHeaders(w, "application/json; charset=utf-8")
	_, _ = w.Write(body)
}

func (w *workspace) pageState(user, where, thread string) pageState {
	var state pageState
	me, ok := w.user(user)
	if !ok || me.ID == w.bot.ID {
		if len(w.users) == 0 {
			return state
		}
		me = w.users[0]
	}
	for _, u := range append(slices.Clone(w.users), w.bot) {
		state.Users = append(state.Users, pageUser{ID: u.ID, Name: u.Name, Real: u.Real, Bot: u.ID == w.bot.ID})
	}
	for _, g := range w.groups {
		state.Groups = append(state.Groups, pageGroup{ID: g.ID, Handle: g.Handle})
	}
	state.Me = pageUser{ID: me.ID, Name: me.Name, Real: me.Real}
	var open *channel
	if p, err := w.place(me.ID, where); err == nil {
		open = p.channel
	}
	for _, c := range w.channels {
		if c.private && !c.members[me.ID] {
			continue
		}
		if open == nil && c.members[me.ID] {
			open = c
		}
		state.Channels = append(state.Channels, w.pageChannel(c, me))
	}
	if open != nil {
		state.Open = w.pageChannel(open, me)
		state.Messages, state.Thread = w.pageMessages(open, me, thread)
	}
	if v, ok := w.topView(me.ID); ok {
		state.Modal = &pageView{ID: v.id, Hash: v.hash, Content: v.content, Errors: v.errors}
	}
	if v, ok := w.homes[me.ID]; ok {
		state.Home = &pageView{ID: v.id, Hash: v.hash, Content: v.content}
	}
	return state
}

func (w *workspace) pageChannel(c *channel, me User) pageChannel {
	p := pageChannel{
		ID: c.id, Name: c.name, Topic: c.topic, Kind: c.family(), Member: c.members[me.ID], Members: len(c.members),
	}
	if c.im {
		p.Name = w.bot.Name
	}
	seen := w.read[me.ID+" "+c.id]
	for _, m := range slices.Backward(c.messages) {
		us, _ := parseTS(m.ts)
		if us <= seen {
			break
		}
		if m.visible(me.ID) && m.user != me.ID && (m.root() || m.broadcast) {
			p.Unread++
		}
	}
	return p
}

// visible tells whether a person sees a message.
func (m *message) visible(user string) bool {
	return !m.deleted && (m.reader == "" || m.reader == user)
}

// pageMessages lists what stands in a channel and in its open thread.
func (w *workspace) pageMessages(c *channel, me User, thread string) (main, side []pageMessage) {
	var roots []*message
	main, side = []pageMessage{}, []pageMessage{}
	for _, m := range c.messages {
		if !m.visible(me.ID) {
			continue
		}
		if m.root() || m.broadcast {
			roots = append(roots, m)
		}
		if thread != "" && (m.ts == thread || m.thread == thread) {
			side = append(side, w.pageMessage(c, m))
		}
	}
	for _, m := range roots[max(0, len(roots)-shownMessages):] {
		main = append(main, w.pageMessage(c, m))
	}
	return main, side
}

func (w *workspace) pageMessage(c *channel, m *message) pageMessage {
	p := pageMessage{
		TS: m.ts, Thread: m.thread, User: m.user, Bot: m.bot, System: m.system, Ephemeral: m.reader != "", Text: m.text,
		Blocks: m.blocks, Edited: m.edited != "",
	}
	if m.root() && m.reader == "" {
		for _, r := range c.replies(m.ts) {
			p.Replies++
			p.LastReply = r.ts
			if !slices.Contains(p.Repliers, r.user) {
				p.Repliers = append(p.Repliers, r.user)
			}
		}
	}
	for _, r := range m.reactions {
		p.Reactions = append(p.Reactions, pageReaction{Name: r.name, Users: r.users})
	}
	for _, f := range m.files {
		p.Files = append(p.Files, pageFile{ID: f.id, Name: f.name, Title: f.title, Size: f.size, Picture: f.picture()})
	}
	return p
}
