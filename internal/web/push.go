package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
)

// Headers of a delivery.
const (
	HeaderDelivery  = "X-Shopwatch-Delivery"
	HeaderTimestamp = "X-Shopwatch-Timestamp"
	HeaderSignature = "X-Shopwatch-Signature"
)

// Delivery is what a sender pushed to the source it names.
type Delivery struct {
	Source, ID, Timestamp, Signature string
	Body                             []byte
}

// Receipt is what became of a delivery.
type Receipt struct {
	State     string `json:"state"` // complete
	Rows      int    `json:"rows"`
	Rejected  int    `json:"rejected"`
	Unmatched int    `json:"unmatched,omitempty"` // rows of SKUs that the catalogue lacks; they are kept
	Again     bool   `json:"again,omitempty"`     // it had come before and changed nothing
}

// Answers to a delivery that is not taken.
var (
	// ErrForged stands for an unknown source, too: a stranger learns nothing.
	ErrForged = errors.New("not signed by the sender, or too old")
	// ErrUnusable is wrapped by an error whose text tells the sender what is
	// wrong with the contents.
	ErrUnusable = errors.New("the delivery cannot be used")
	// ErrDoubted is wrapped by an error whose text says why the data gate holds
	// the rows aside; later deliveries that agree make it believe.
	ErrDoubted = errors.New("held aside, send it again later")
)

// pushLimit bounds a delivery before its source is known.
const pushLimit = 64 << 20

// push answers POST /push/{source}: 200 once the rows are committed, 401 and 422
// for what will not be taken however often it is sent, 503 for what may be.
func (s *site) push(w http.ResponseWriter, r *http.Request) {
	d := Delivery{
		Source: r.PathValue("source"), ID: r.Header.Get(HeaderDelivery),
		Timestamp: r.Header.Get(HeaderTimestamp), Signature: r.Header.Get(HeaderSignature),
	}
	limit := min(pushLimit, s.o.PushLimit(d.Source))
	if limit <= 0 || d.ID == "" || d.Timestamp == "" || d.Signature == "" {
		plain(w, http.StatusUnauthorized, ErrForged.Error()+"\n")
		return
	}
	var err error
	d.Body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		plain(w, http.StatusRequestEntityTooLarge, "the delivery is too large\n")
		return
	}
	if err != nil {
		plain(w, http.StatusBadRequest, "the delivery broke off\n")
		return
	}
	// The sender may hang up while the rows are being committed.
	receipt, err := s.o.Push(context.WithoutCancel(r.Context()), d)
	switch {
	case errors.Is(err, ErrForged):
		plain(w, http.StatusUnauthorized, ErrForged.Error()+"\n")
	case errors.Is(err, ErrUnusable):
		plain(w, http.StatusUnprocessableEntity, err.Error()+"\n")
	case errors.Is(err, ErrDoubted):
		w.Header().Set("Retry-After", "3600")
		plain(w, http.StatusServiceUnavailable, err.Error()+"\n")
	case err != nil:
		s.o.Logger.LogAttrs(r.Context(), slog.LevelError, "delivery not stored", slog.String("source", d.Source), slog.Any("err", err))
		plain(w, http.StatusServiceUnavailable, "not stored; send it again later\n")
	default:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(receipt) // the sender may be gone; it will send again
	}
}
