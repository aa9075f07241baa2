package commands

// Slash is a slash command as a chat platform lists it.
type Slash struct {
	Name  string // "/gmv"
	Help  string // message key of its line of help
	Usage string
}

// Slashes lists the slash commands: /shop reaches everything, the others are
// short forms.
func Slashes() []Slash {
	out := []Slash{{Name: "/shop", Help: "command.help_shop", Usage: "help | gmv | forecast | price | stock | restock | complaints | digest | alerts | silence | subscribe | home | status"}}
	for _, c := range all() {
		if c.Short != "" {
			_, usage := cutWord(c.Example)
			out = append(out, Slash{Name: c.Short, Help: "command.help_" + c.Name, Usage: usage})
		}
	}
	return out
}
