package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"
)

// Fault is what goes wrong with one call.
type Fault uint8

// Faults, as marketplaces have them.
const (
	NoFault  Fault = iota
	ShortBan       // asked too often; over in a second
	LongBan        // the daily quota is used up; over in hours
	Busy           // HTTP 503
	Cut            // the answer ends in its middle
	Control        // raw tabs and line ends inside texts
	Repeat         // rows come twice
	Shuffle        // rows come in another order
	Late           // a server answers that has not heard of the last ten minutes
)

// longBan is how many seconds a used-up quota closes the platform for.
const longBan = 31062

// lateBy is how far a server lags that answers late.
const lateBy = 10 * time.Minute

// lateKey marks the context of a request that is answered late.
type lateKey struct{}

// nowFor is the moment as of which a request is answered.
func (m *Mall) nowFor(r *http.Request) second {
	if r.Context().Value(lateKey{}) == nil {
		return m.now()
	}
	return m.at(m.opt.Now().Add(-lateBy))
}

// Script says what goes wrong with the n-th call, from 1. It must be safe for
// concurrent use.
type Script func(n int) Fault

// FaultyHandler serves the shop as Handler does, with the faults of a script.
// What the shop knows does not change: a reader that copes ends with the same
// rows.
func (m *Mall) FaultyHandler(s Script) http.Handler {
	inner := m.Handler()
	var calls atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault := s(int(calls.Add(1)))
		switch fault {
		case NoFault:
			inner.ServeHTTP(w, r)
			return
		case ShortBan, LongBan:
			seconds := 1
			if fault == LongBan {
				seconds = longBan
			}
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			fmt.Fprintf(w, `{"error_response":{"code":7,"msg":"App Call Limited","sub_code":"accesscontrol.limited-by-api-access-count","sub_msg":"This ban will last for %d more seconds","request_id":"x"}}`, seconds)
			return
		case Late:
			inner.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), lateKey{}, true)))
			return
		case Busy:
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		inner.ServeHTTP(&spoiler{w, fault}, r)
	})
}

// spoiler passes an answer, which the shop writes at once, through spoil.
type spoiler struct {
	http.ResponseWriter
	fault Fault
}

// Write implements http.ResponseWriter.
func (s *spoiler) Write(body []byte) (int, error) {
	_, err := s.ResponseWriter.Write(spoil(body, s.fault))
	return len(body), err
}

// spoil changes an answer without changing what it says, or cuts it.
func spoil(body []byte, fault Fault) []byte {
	switch fault {
	case Cut:
		return body[:len(body)/2]
	case Control:
		return bytes.ReplaceAll(body, []byte(`"title":"`), []byte("\"title\":\"\t\r\n"))
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // ids have 19 digits
	var doc any
	if d.Decode(&doc) != nil {
		return body
	}
	disorder(doc, fault)
	out, err := json.Marshal(doc)
	if err != nil {
		return body
	}
	return out
}

// disorder changes the first list of the answer that it finds.
func disorder(v any, fault Fault) bool {
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	for key, inner := range m {
		list, ok := inner.([]any)
		if !ok {
			if disorder(inner, fault) {
				return true
			}
			continue
		}
		if len(list) < 2 {
			return false
		}
		list = slices.Clone(list)
		if fault == Repeat {
			list = append(list, list[0], list[len(list)/2])
		} else {
			slices.Reverse(list)
		}
		m[key] = list
		return true
	}
	return false
}
