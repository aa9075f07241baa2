package demo

import (
	"crypto/subtle"
	"net/http"
	"strconv"
	"time"
)

// apiMethod answers one path under /api/: it reports how many rows there are
// and appends rows from..to-1, separated by commas.
type apiMethod struct {
	source string // id in Specs, whose faults apply
	events bool   // takes start and end
	// asOf is up to when the figures are complete.
	asOf func(now second) second
	rows func(m *Mall, q apiQuery) (total int, write func(b []byte, i int) []byte)
}

// apiQuery is one request.
type apiQuery struct {
	now, asOf  second
	lo, hi     second // window of events, [lo, hi), not past asOf
	fault      *feedFx
	page, size int
	late       bool // the end lies past what a late feed has
}

func apiMethods() map[string]apiMethod {
	return map[string]apiMethod{
		"items":   {source: "mall_items", asOf: sameTime, rows: (*Mall).apiItems},
		"stock":   {source: "mall_stock", asOf: sameTime, rows: (*Mall).apiStock},
		"prices":  {source: "mall_prices", asOf: sameTime, rows: (*Mall).apiPrices},
		"panel":   {source: "mall_panel", asOf: wholeHour, rows: (*Mall).apiPanel},
		"rivals":  {source: "mall_rivals", asOf: sameTime, rows: (*Mall).apiRivals},
		"reviews": {source: "mall_reviews", events: true, asOf: sameTime, rows: (*Mall).apiReviews},
		"traffic": {source: "mall_traffic", events: true, asOf: lastHour, rows: (*Mall).apiTraffic},
		"ads":     {source: "mall_ads", events: true, asOf: lastDay, rows: (*Mall).apiAds},
		"members": {source: "mall_members", events: true, asOf: lastDay, rows: (*Mall).apiMembers},
		"search":  {source: "mall_search", events: true, asOf: lastDay, rows: (*Mall).apiSearch},
	}
}

func sameTime(now second) second { return now }

// wholeHour is the last full hour.
func wholeHour(now second) second { return now / 3600 * 3600 }

// lastHour: an hour's traffic is ready ten minutes after its end.
func lastHour(now second) second { return (now - 600) / 3600 * 3600 }

// lastDay: a day's figures are ready at six in the morning.
func lastDay(now second) second { return (now - 6*3600) / daySecs * daySecs }

// Handler serves the shop. It keeps nothing per client.
func (m *Mall) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/router/rest", m.serveTOP)
	mux.HandleFunc("GET /api/{table}", m.serveAPI)
	return mux
}

func (m *Mall) serveAPI(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	want := []byte("Bearer " + m.opt.Token)
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), want) != 1 {
		apiFail(w, http.StatusUnauthorized, "a bearer token is needed")
		return
	}
	a, ok := m.apiPaths[r.PathValue("table")]
	if !ok {
		apiFail(w, http.StatusNotFound, "no such table")
		return
	}
	q, problem := m.query(&a, r)
	if problem != "" {
		apiFail(w, http.StatusBadRequest, problem)
		return
	}
	if q.late || q.fault != nil && q.fault.mode == feedDown {
		apiFail(w, http.StatusServiceUnavailable, "try again later")
		return
	}
	_, _ = w.Write(m.answer(&a, q)) // a reader that has gone needs no answer
}

func apiFail(w http.ResponseWriter, status int, message string) {
	w.WriteHeader(status)
	_, _ = w.Write(append(appendString([]byte(`{"error":`), message), '}'))
}

// query reads page, size, start and end; problem says what is wrong with them.
func (m *Mall) query(a *apiMethod, r *http.Request) (q apiQuery, problem string) {
	q.now = m.now()
	q.fault = m.plan.feedState(a.source, q.now)
	q.asOf = max(a.asOf(q.now), 0)
	if q.fault != nil && q.fault.mode == feedLate {
		q.asOf = max(a.asOf(q.now-3*3600), 0)
	}
	form := r.URL.Query()
	for _, p := range []struct {
		name      string
		into      *int
		def, most int
	}{{"page", &q.page, 1, 1 << 30}, {"size", &q.size, 200, 2000}} {
		*p.into = p.def
		if text := form.Get(p.name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || n > p.most {
				return q, p.name + " must be a number from 1 to " + strconv.Itoa(p.most)
			}
			*p.into = n
		}
	}
	if !a.events {
		return q, ""
	}
	var bound [2]time.Time
	for i, name := range []string{"start", "end"} {
		t, err := time.Parse(time.RFC3339, form.Get(name))
		if err != nil {
			return q, name + " must be given like 2006-01-02T15:04:05+08:00"
		}
		bound[i] = t
	}
	q.lo, q.hi = m.window(bound[0], bound[1])
	edge := q.asOf
	if a.asOf(q.now) == q.now {
		edge++ // what happens now has happened
	}
	q.late = q.fault != nil && q.fault.mode == feedLate && q.hi > edge
	q.hi = min(q.hi, edge)
	return q, ""
}

// answer writes one page.
func (m *Mall) answer(a *apiMethod, q apiQuery) []byte {
	total, write := a.rows(m, q)
	half := false
	if q.fault != nil {
		switch q.fault.mode {
		case feedShrunk:
			total /= 2
		case feedHalf:
			half = true
		}
	}
	pages := (total + q.size - 1) / q.size
	b := make([]byte, 0, 256+q.size*200)
	b = append(b, `{"as_of":"`...)
	b = append(m.time(q.asOf).In(zone).AppendFormat(b, time.RFC3339), '"')
	for _, n := range []struct {
		name string
		v    int
	}{{"page", q.page}, {"size", q.size}, {"total", total}, {"pages", pages}} {
		b = appendKey(b, n.name)
		b = appendInt(b, int64(n.v))
	}
	b = append(b, `,"rows":[`...)
	from := min((q.page-1)*q.size, total)
	to := min(from+q.size, total)
	if half { // the second half of what there is does not come
		to = max(min(to, total/2), from)
	}
	for i := from; i < to; i++ {
		if i > from {
			b = append(b, ',')
		}
		b = write(b, i)
	}
	return append(b, "]}"...)
}
