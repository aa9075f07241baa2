package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// triggerLife is how long a trigger opens a view, in real time.
const triggerLife = 3 * time.Second

// trigger is the right to open one view for the person who acted.
type trigger struct {
	user string
	made time.Time // real time
	used bool
}

// view is an open modal or a published home.
type view struct {
	id, user, hash string
	root, previous string
	content        object // as the bot sent it
	values         object // state of its inputs
	errors         map[string]string
	open           bool
}

func viewMethods() map[string]method {
	return map[string]method{
		"views.open":    {run: openView},
		"views.push":    {run: openView},
		"views.update":  {run: updateView},
		"views.publish": {run: publishView},
	}
}

// newTrigger makes a trigger for a person. The lock is held.
func (s *Sandbox) newTrigger(user string) string {
	maps.DeleteFunc(s.space.triggers, func(_ string, t *trigger) bool { return time.Since(t.made) > 10*time.Minute })
	id := s.unique("trigger")
	s.space.triggers[id] = &trigger{user: user, made: time.Now()}
	return id
}

// viewContent reads and checks the view parameter.
func (w *workspace) viewContent(raw json.RawMessage, base string) (object, error) {
	var content object
	if json.Unmarshal(raw, &content) != nil {
		return nil, refuse("invalid_arguments")
	}
	problems := CheckView(raw)
	blocks := mustJSON(content["blocks"])
	for _, p := range w.checkFiles(blocks, base) {
		problems = append(problems, Problem{Pointer: "/blocks" + p.Pointer, Reason: p.Reason})
	}
	if len(problems) > 0 {
		for i := range problems {
			problems[i].Pointer = "/view" + problems[i].Pointer
		}
		return nil, refuseBlocks("invalid_arguments", "", problems)
	}
	content["blocks"] = withBlockIDs(blocks)
	return content, nil
}

func (w *workspace) store(v *view, content object) {
	if v.id == "" {
		v.id = fmt.Sprintf("V0SANDBOX%03d", w.next("view"))
		w.views[v.id] = v
	}
	v.root = cmp.Or(v.root, v.id)
	v.content, v.errors = content, nil
	v.hash = fmt.Sprintf("hash-%d", w.next("hash"))
}

func openView(c *call) (object, error) {
	t, ok := c.space.triggers[c.text("trigger_id")]
	switch {
	case !ok:
		return nil, refuse("invalid_trigger_id")
	case t.used:
		return nil, refuse("exchanged_trigger_id")
	case time.Since(t.made) > triggerLife:
		return nil, refuse("expired_trigger_id")
	}
	content, err := c.space.viewContent(json.RawMessage(c.text("view")), c.base)
	if err != nil {
		return nil, err
	}
	if str(content, "type") != "modal" {
		return nil, refuse("invalid_arguments")
	}
	t.used = true
	v := &view{user: t.user, open: true}
	if below, ok := c.space.topView(t.user); ok {
		v.root, v.previous = below.root, below.id
	}
	c.space.store(v, content)
	c.touch()
	return object{"view": c.space.viewJSON(v)}, nil
}

func updateView(c *call) (object, error) {
	v, ok := c.space.views[c.text("view_id")]
	if external := c.text("external_id"); !ok && external != "" {
		for _, other := range c.space.views {
			if str(other.content, "external_id") == external {
				v, ok = other, true
			}
		}
	}
	if !ok || !v.open {
		return nil, refuse("not_found")
	}
	if hash := c.text("hash"); hash != "" && hash != v.hash {
		return nil, refuse("hash_conflict")
	}
	content, err := c.space.viewContent(json.RawMessage(c.text("view")), c.base)
	if err != nil {
		return nil, err
	}
	c.space.store(v, content)
	c.touch()
	return object{"view": c.space.viewJSON(v)}, nil
}

func publishView(c *call) (object, error) {
	u, ok := c.space.user(c.text("user_id"))
	if !ok || u.ID == c.space.bot.ID {
		return nil, refuse("user_not_found")
	}
	content, err := c.space.viewContent(json.RawMessage(c.text("view")), c.base)
	if err != nil {
		return nil, err
	}
	if str(content, "type") != "home" {
		return nil, refuse("invalid_arguments")
	}
	v, ok := c.space.homes[u.ID]
	if hash := c.text("hash"); ok && hash != "" && hash != v.hash {
		return nil, refuse("hash_conflict")
	}
	if !ok {
		v = &view{user: u.ID, open: true}
		c.space.homes[u.ID] = v
	}
	c.space.store(v, content)
	c.touch()
	return object{"view": c.space.viewJSON(v)}, nil
}

// topView is the modal a person sees: the newest open one.
func (w *workspace) topView(user string) (*view, bool) {
	for n := w.seq["view"]; n > 0; n-- {
		v, ok := w.views[fmt.Sprintf("V0SANDBOX%03d", n)]
		if ok && v.open && v.user == user && str(v.content, "type") == "modal" {
			return v, true
		}
	}
	return nil, false
}

// closeViews closes a view, or the whole stack it stands in.
func (w *workspace) closeViews(v *view, stack bool) {
	v.open = false
	if !stack {
		return
	}
	for _, other := range w.views {
		if other.root == v.root {
			other.open = false
		}
	}
}

func (w *workspace) viewJSON(v *view) object {
	o := object{
		"id": v.id, "team_id": w.opt.Team, "app_id": w.appID, "app_installed_team_id": w.opt.Team, "bot_id": w.botID,
		"hash": v.hash, "root_view_id": v.root, "previous_view_id": nil, "state": object{"values": v.state()},
		"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": false, "notify_on_close": false,
		"title": nil, "submit": nil, "close": nil,
	}
	if v.previous != "" {
		o["previous_view_id"] = v.previous
	}
	maps.Copy(o, v.content)
	return o
}

func (v *view) state() object {
	if v.values == nil {
		return object{}
	}
	return v.values
}
