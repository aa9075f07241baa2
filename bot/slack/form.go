package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// formMemo is what a form carries to itself: where it was opened and the value
// that comes back with its answers.
type formMemo struct {
	Value   string `json:"v"`
	Channel string `json:"c,omitempty"`
	Thread  string `json:"t,omitempty"`
	OnHome  bool   `json:"h,omitempty"`
}

// maxInput is Slack's limit for a text.
const maxInput = 3000

// maxIntro bounds the words above the inputs of a form.
const maxIntro = 10

// OpenForm opens a form for the person who caused e. The platform allows that
// for three seconds after the event; later, and after a restart, it is a
// *chat.SendError.
func (s *Slack) OpenForm(ctx context.Context, e chat.Event, f chat.Form) error {
	trigger := s.handles.pull(e.Handle)
	if trigger == "" {
		return &chat.SendError{Failure: chat.Refused, Reason: "no_trigger"}
	}
	view, err := formView(e, f)
	if err != nil {
		return &chat.SendError{Failure: chat.Refused, Reason: "unwritable", Err: s.scrub.err(err)}
	}
	resp, err := s.api.OpenViewContext(ctx, trigger, view)
	done := ""
	if err == nil && resp != nil && resp.Ok {
		done = "opened"
	}
	if err := asked(s.classify(err, done)); err != nil {
		return fmt.Errorf("open form %s: %w", f.Verb, err)
	}
	return nil
}

func formView(e chat.Event, f chat.Form) (slackgo.ModalViewRequest, error) {
	if err := formFits(f); err != nil {
		return slackgo.ModalViewRequest{}, err
	}
	memo, err := json.Marshal(formMemo{Value: f.Value, Channel: e.Channel, Thread: e.Thread, OnHome: e.OnHome})
	if err != nil {
		return slackgo.ModalViewRequest{}, err
	}
	v := slackgo.ModalViewRequest{
		Type: slackgo.VTModal, Title: plain(clamp(clean(f.Title), maxFormTitle)), Submit: plain(clamp(clean(f.Send), maxFormTitle)),
		CallbackID: f.Verb, PrivateMetadata: string(memo),
	}
	for _, text := range packLines(mrkdwnLines(f.Intro[:min(len(f.Intro), maxIntro)], maxSection), maxSection) {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, slackgo.NewSectionBlock(rich(text), nil, nil))
	}
	for _, in := range f.Inputs {
		v.Blocks.BlockSet = append(v.Blocks.BlockSet, inputBlock(in))
	}
	return v, nil
}

// formFits reports what of a form no window could show. Long texts are no such
// thing: they are cut.
func formFits(f chat.Form) error {
	if len([]rune(f.Value)) > 200 {
		return fmt.Errorf("form %s: its value has more than 200 characters", f.Verb)
	}
	names := map[string]bool{}
	for _, in := range f.Inputs {
		if in.Name == "" || names[in.Name] || length(in.Name) > 255 {
			return fmt.Errorf("form %s: input %q has no name of its own", f.Verb, in.Name)
		}
		names[in.Name] = true
		choice := in.Kind == chat.InputChoice || in.Kind == chat.InputChoices
		if choice && len(in.Options) == 0 {
			return fmt.Errorf("form %s: input %s has no options", f.Verb, in.Name)
		}
		for _, o := range in.Options {
			if choice && (o.Value == "" || length(o.Value) > maxOptionValue || !visible(o.Label)) {
				return fmt.Errorf("form %s: option %q of input %s cannot be chosen", f.Verb, o.Value, in.Name)
			}
		}
	}
	return nil
}

// maxOptionValue is Slack's limit for the value of an option of a form.
const maxOptionValue = 150

// shownOptions are the options of an input that fit into a menu.
func shownOptions(in chat.Input) []chat.Option { return in.Options[:min(len(in.Options), maxOptions)] }

// maxFormTitle is Slack's limit for the title and the button of a form.
const maxFormTitle = 24

func inputBlock(in chat.Input) slackgo.Block {
	var hint *slackgo.TextBlockObject
	if visible(in.Hint) {
		hint = plain(clamp(clean(in.Hint), 2000))
	}
	b := slackgo.NewInputBlock(in.Name, plain(clamp(clean(in.Label), 2000)), hint, inputElement(in))
	b.Optional = in.Optional
	return b
}

func inputElement(in chat.Input) slackgo.BlockElement {
	switch in.Kind {
	case chat.InputDate:
		e := slackgo.NewDatePickerBlockElement(in.Name)
		e.InitialDate = in.Initial
		return e
	case chat.InputTime:
		e := slackgo.NewTimePickerBlockElement(in.Name)
		e.InitialTime = in.Initial
		return e
	case chat.InputPerson:
		e := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeUser, nil, in.Name)
		e.InitialUser = in.Initial
		return e
	case chat.InputChoice:
		return choiceElement(in)
	case chat.InputChoices:
		return choicesElement(in)
	case chat.InputText, chat.InputLines:
	}
	e := slackgo.NewPlainTextInputBlockElement(nil, in.Name)
	e.Multiline, e.MaxLength = in.Kind == chat.InputLines, in.Max
	if e.MaxLength <= 0 || e.MaxLength > maxInput {
		e.MaxLength = 300
	}
	e.InitialValue = clamp(clean(in.Initial), e.MaxLength)
	return e
}

func choiceElement(in chat.Input) slackgo.BlockElement {
	var options []*slackgo.OptionBlockObject
	var initial *slackgo.OptionBlockObject
	for _, o := range shownOptions(in) {
		x := slackgo.NewOptionBlockObject(o.Value, plain(clamp(clean(o.Label), maxLabel)), nil)
		options = append(options, x)
		if o.Value == in.Initial {
			initial = x
		}
	}
	e := slackgo.NewOptionsSelectBlockElement(slackgo.OptTypeStatic, nil, in.Name, options...)
	e.InitialOption = initial
	return e
}

// choicesElement takes at most ten options as boxes to tick, more as a menu.
func choicesElement(in chat.Input) slackgo.BlockElement {
	initial := strings.Split(in.Initial, ",")
	var options, ticked []*slackgo.OptionBlockObject
	for _, o := range shownOptions(in) {
		x := slackgo.NewOptionBlockObject(o.Value, plain(clamp(clean(o.Label), maxLabel)), nil)
		options = append(options, x)
		if slices.Contains(initial, o.Value) {
			ticked = append(ticked, x)
		}
	}
	const maxBoxes = 10
	if len(options) > maxBoxes {
		e := slackgo.NewOptionsMultiSelectBlockElement(slackgo.MultiOptTypeStatic, nil, in.Name, options...)
		e.InitialOptions = ticked
		return e
	}
	e := slackgo.NewCheckboxGroupsBlockElement(in.Name, options...)
	e.InitialOptions = ticked
	return e
}

// sentView is the part of a sent form that we use.
type sentView struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Hash     string `json:"hash"`
	Callback string `json:"callback_id"`
	Memo     string `json:"private_metadata"`
	State    struct {
		Values map[string]map[string]sentAnswer `json:"values"`
	} `json:"state"`
}

// sentAnswer is the answer of one input, in the member that fits its kind.
type sentAnswer struct {
	Value    *string `json:"value"`
	Date     *string `json:"selected_date"`
	Time     *string `json:"selected_time"`
	User     *string `json:"selected_user"`
	Selected *struct {
		Value string `json:"value"`
	} `json:"selected_option"`
	Ticked []struct {
		Value string `json:"value"`
	} `json:"selected_options"`
}

func (a sentAnswer) text() string {
	for _, v := range []*string{a.Value, a.Date, a.Time, a.User} {
		if v != nil {
			return strings.TrimSpace(*v)
		}
	}
	if a.Selected != nil {
		return a.Selected.Value
	}
	var ticked []string
	for _, o := range a.Ticked {
		ticked = append(ticked, o.Value)
	}
	return strings.Join(ticked, ",")
}

// readForm reads the answers of a form.
func (s *Slack) readForm(a action) (chat.Event, error) {
	if a.View == nil || a.View.Callback == "" || a.View.ID == "" || a.User.ID == "" {
		return chat.Event{}, errors.New("read form: no view, callback or user")
	}
	var memo formMemo
	if err := json.Unmarshal([]byte(a.View.Memo), &memo); err != nil {
		return chat.Event{}, fmt.Errorf("read form: %w", err)
	}
	at := s.cfg.Now()
	e := chat.Event{
		Kind: chat.Submit, At: at, Team: a.team(), Channel: memo.Channel, Thread: memo.Thread, OnHome: memo.OnHome, User: a.User.ID,
		Keys: []string{"vw:" + a.View.ID + ":" + a.View.Hash + ":" + a.Trigger}, Verb: a.View.Callback, Value: memo.Value,
		Fields: map[string]string{}, Handle: s.handles.open("", a.Trigger, at, false),
	}
	for _, answers := range a.View.State.Values {
		for name, answer := range answers {
			e.Fields[name] = answer.text()
		}
	}
	return e, nil
}

// readShortcut reads the choice of an act from the menu of a message.
func (s *Slack) readShortcut(a action) (chat.Event, error) {
	if a.Callback == "" || a.User.ID == "" || a.Trigger == "" || a.Message == nil || a.Channel == nil {
		return chat.Event{}, errors.New("read shortcut: no callback, user, message or channel")
	}
	at := s.cfg.Now()
	e := chat.Event{
		Kind: chat.Shortcut, At: at, Team: a.team(), Channel: a.Channel.ID, User: a.User.ID,
		Keys: []string{"ac:" + a.Trigger + a.ActionAt}, Verb: a.Callback,
		Message: chat.Ref{Channel: a.Channel.ID, TS: a.Message.TS}, Said: unescape(a.Message.Text),
		Handle: s.handles.open(a.Response, a.Trigger, at, false),
	}
	if a.Message.Thread != a.Message.TS {
		e.Thread = a.Message.Thread
	}
	return e, nil
}

// team is the workspace in which an interaction happened.
func (a action) team() string {
	if a.Team != nil && a.Team.ID != "" {
		return a.Team.ID
	}
	return a.User.Team
}

// fieldErrors is the answer to a form that keeps it open.
func fieldErrors(fields map[string]string) map[string]any {
	out := map[string]string{}
	for name, text := range fields {
		out[name] = clamp(clean(text), 2000)
	}
	return map[string]any{"response_action": "errors", "errors": out}
}
