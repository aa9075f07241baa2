package chat

// InputKind is what a form's input takes.
type InputKind string

// Kinds of input. The answer is text in each case.
const (
	InputText   InputKind = "text"
	InputLines  InputKind = "lines"  // text of several lines
	InputDate   InputKind = "date"   // 2026-11-22
	InputTime   InputKind = "time"   // 09:30
	InputPerson InputKind = "person" // chat user id
	InputChoice InputKind = "choice" // value of an Option
	// InputChoices takes any number of Options; the answer is their values with
	// commas between.
	InputChoices InputKind = "choices"
)

// Form is a small window with inputs, opened where somebody has just pressed
// or typed something. Verb and Value come back with the answers.
type Form struct {
	Verb   string
	Value  string // opaque, at most 200 characters
	Title  string // at most 24 characters
	Send   string // label of the button that sends it, at most 24 characters
	Intro  []Rich
	Inputs []Input
}

// Input is one question of a form.
type Input struct {
	Name     string
	Kind     InputKind
	Label    string
	Hint     string
	Initial  string
	Options  []Option // of InputChoice and InputChoices
	Optional bool
	Max      int // characters of a text; 0 means 300
}
