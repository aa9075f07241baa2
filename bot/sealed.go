package bot

import (
	"context"

	"shopwatch/internal/access"
	"shopwatch/internal/chat"
)

// Sealed is a sender that signs the buttons of everything that it sends, so
// that a press can be told from a forgery. Answers are signed by the Desk.
func Sealed(s chat.Sender, seal access.Seal) chat.Sender { return sealed{s, seal} }

type sealed struct {
	chat.Sender
	seal access.Seal
}

func (s sealed) Send(ctx context.Context, d chat.Delivery) (chat.Receipt, error) {
	d.Message = s.seal.Message(d.Message)
	return s.Sender.Send(ctx, d)
}
