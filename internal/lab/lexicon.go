package lab

import (
	"flag"
	"fmt"
	"io"

	"shopwatch/internal/analysis/voice"
)

func lexicon() Verb {
	return Verb{
		Name: "lexicon", Short: "The built-in words that name causes of complaint, to edit a copy",
		Long: `Writes the lexicon as text; its head explains the form. Edit a copy, try it with
lab classify --lexicon FILE, then name it in the configuration (rules.lexicon).`,
		Example: "  shopwatch lab lexicon -o lexicon.txt",
		New: func(*flag.FlagSet) func(*Session) error {
			return func(s *Session) error {
				if _, err := io.WriteString(s.Out, voice.BuiltinText()); err != nil {
					return fmt.Errorf("write lexicon: %w", err)
				}
				return nil
			}
		},
	}
}
