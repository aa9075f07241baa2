package card

import (
	"strings"
	"time"

	"shopwatch/internal/alert"
	"shopwatch/internal/chat"
)

// Verbs of what people do to alerts: of buttons, menus, shortcuts and forms.
// The value is the id of a group or of an alert; a menu's has the choice and a
// colon before it. SealedVerbs lists those whose values are signed.
const (
	VerbSnooze      = "snooze"
	VerbMore        = "more"
	VerbSnoozeForm  = "snooze_form"
	VerbAssignForm  = "assign_form"
	VerbResolveForm = "resolve_form"
	VerbSilenceForm = "silence_form"
	VerbSilenceNow  = "silence" // confirms what was shown
	VerbUnsilence   = "unsilence"
	VerbAckShortcut = "alert_ack"  // on a message of an alert's thread
	VerbNoteThis    = "alert_note" // keeps that message as the note
)

// SealedVerbs are the acts whose values the bot signs.
func SealedVerbs() []string {
	return []string{
		VerbAck, VerbDetails, VerbSnooze, VerbMore, VerbSnoozeForm, VerbAssignForm, VerbResolveForm, VerbSilenceForm, VerbSilenceNow, VerbUnsilence,
		VerbSubscribeForm, VerbUnsubscribe, VerbQuietForm,
		VerbPlanNow, VerbPlanUndo, VerbTargetForm, VerbTargetEdit, VerbTakePrice,
	}
}

// Choices of the two menus.
const (
	ChoiceHour    = "1h"
	ChoiceHours   = "4h"
	ChoiceMorning = "morning"
	ChoiceDate    = "date"

	ChoiceAssign  = "assign"
	ChoiceSilence = "silence"
	ChoiceResolve = "resolve"
	ChoiceRelease = "release"
)

// Choice puts a choice before an id, CutChoice takes it off.
func Choice(choice, id string) string { return choice + ":" + id }

// CutChoice splits the value of a menu.
func CutChoice(value string) (choice, id string) {
	choice, id, _ = strings.Cut(value, ":")
	return choice, id
}

// alertButtons are the three acts that most people need. What is over has its
// details only; what somebody has can be taken by nobody else, but its owner is
// offered to keep it once it is about to run out.
func (p Pen) alertButtons(id string, list []alert.Alert) []chat.Button {
	open, free := false, false
	for _, a := range list {
		open = open || a.State.Open()
		free = free || a.State == alert.Firing || a.State == alert.Assigned || a.State == alert.Acknowledged && !a.RemindedAt.IsZero()
	}
	var out []chat.Button
	if free {
		out = append(out, chat.Button{Label: p.t("button_ack"), Verb: VerbAck, Value: id, Style: chat.Primary})
	}
	if open {
		out = append(out, p.snoozeMenu(id))
	}
	return append(out, chat.Button{Label: p.t("button_details"), Verb: VerbDetails, Value: id})
}

func (p Pen) snoozeMenu(id string) chat.Button {
	b := chat.Button{Label: p.a("snooze"), Verb: VerbSnooze, Alt: p.a("snooze")}
	for _, c := range []string{ChoiceHour, ChoiceHours, ChoiceMorning, ChoiceDate} {
		b.Options = append(b.Options, chat.Option{Label: p.a("snooze_" + c), Value: Choice(c, id)})
	}
	return b
}

// moreMenu is the overflow of a root; nil when everything is over.
func (p Pen) moreMenu(id string, list []alert.Alert) *chat.Button {
	open, held := false, false
	for _, a := range list {
		open = open || a.State.Open()
		held = held || a.Holder() != "" || a.State == alert.Snoozed
	}
	if !open {
		return nil
	}
	choices := []string{
		ChoiceAssign, ChoiceSilence, ChoiceResolve,
		string(alert.FalseAlarm), string(alert.Expected), string(alert.NewNormal),
	}
	if held {
		choices = append(choices, ChoiceRelease)
	}
	b := chat.Button{Label: p.a("more"), Verb: VerbMore, Alt: p.a("more")}
	for _, c := range choices {
		b.Options = append(b.Options, chat.Option{Label: p.a("more_" + c), Value: Choice(c, id)})
	}
	return &b
}

// Names of the inputs of the forms.
const (
	FieldDate     = "date"
	FieldTime     = "time"
	FieldPerson   = "person"
	FieldNote     = "note"
	FieldMatchers = "matchers"
	FieldFor      = "for"
	FieldDuring   = "during"
	FieldReason   = "reason"
)

// MaxOf is how many characters the answer of an input may have.
func MaxOf(field string) int {
	switch field {
	case FieldNote:
		return maxNote
	case FieldMatchers:
		return 300
	case FieldReason:
		return 200
	case FieldDuring:
		return 60
	}
	return 200 // other texts, and the values of choices, people, days and times
}

// SnoozeForm asks until when.
func (p Pen) SnoozeForm(id, about string, now time.Time) chat.Form {
	tomorrow := p.Shop.Local(now).AddDate(0, 0, 1)
	return chat.Form{
		Verb: VerbSnoozeForm, Value: id, Title: p.a("snooze_title"), Send: p.a("snooze_send"), Intro: []chat.Rich{line(about)},
		Inputs: []chat.Input{
			{Name: FieldDate, Kind: chat.InputDate, Label: p.a("field_date"), Initial: tomorrow.Format(time.DateOnly)},
			{Name: FieldTime, Kind: chat.InputTime, Label: p.a("field_time", "zone", p.Shop.Zone.String()), Initial: "09:00"},
		},
	}
}

// AssignForm asks who.
func (p Pen) AssignForm(id, about string) chat.Form {
	return chat.Form{
		Verb: VerbAssignForm, Value: id, Title: p.a("assign_title"), Send: p.a("assign_send"), Intro: []chat.Rich{line(about)},
		Inputs: []chat.Input{{Name: FieldPerson, Kind: chat.InputPerson, Label: p.a("field_person")}},
	}
}

// ResolveForm asks what was done. choice is ChoiceResolve or a verdict; note is
// what is already known.
func (p Pen) ResolveForm(choice, id, about, note string) chat.Form {
	return chat.Form{
		Verb: VerbResolveForm, Value: Choice(choice, id), Title: p.a("resolve_title"), Send: p.a("resolve_send"), Intro: []chat.Rich{line(about)},
		Inputs: []chat.Input{{
			Name: FieldNote, Kind: chat.InputLines, Label: p.a("field_note"), Hint: p.a("field_note_hint"), Initial: clamp(note, maxNote), Optional: true, Max: MaxOf(FieldNote),
		}},
	}
}

// maxNote bounds a person's note.
const maxNote = 500

// SilenceForm asks what is to be silenced, how long and why. matchers are those
// of the alert it came from; effect says what they would mute.
func (p Pen) SilenceForm(matchers, effect string) chat.Form {
	durations := []chat.Option{}
	for _, d := range []string{"2h", "8h", "1d", "3d", "7d", "30d"} {
		durations = append(durations, chat.Option{Label: p.a("for_" + d), Value: d})
	}
	return chat.Form{
		Verb: VerbSilenceForm, Value: "new", Title: p.a("silence_title"), Send: p.a("silence_send"), Intro: []chat.Rich{line(effect)},
		Inputs: []chat.Input{
			{Name: FieldMatchers, Kind: chat.InputText, Label: p.a("field_matchers"), Hint: p.a("field_matchers_hint"), Initial: clamp(matchers, MaxOf(FieldMatchers)), Max: MaxOf(FieldMatchers)},
			{Name: FieldFor, Kind: chat.InputChoice, Label: p.a("field_for"), Options: durations, Initial: "1d"},
			{Name: FieldDuring, Kind: chat.InputText, Label: p.a("field_during"), Hint: p.a("field_during_hint"), Optional: true, Max: MaxOf(FieldDuring)},
			{Name: FieldReason, Kind: chat.InputText, Label: p.a("field_reason"), Optional: true, Max: MaxOf(FieldReason)},
		},
	}
}

// About says in one line what an act would be about.
func (p Pen) About(list []alert.Alert) string {
	if len(list) == 1 {
		return p.AlertLine(list[0])
	}
	return p.aN("about_many", len(list), "rule", p.ruleNames(list))
}
