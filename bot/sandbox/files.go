package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// fileLimit bounds one upload.
const fileLimit = 32 << 20

// file is an upload. It is announced with a name and a length, filled by one
// POST, completed, and processed a moment later: only then it has a type.
type file struct {
	id, name, title string
	size            int
	bytes           []byte
	filled          bool
	complete        bool
	polls           int // calls of files.info that still find it unprocessed
	never           bool
	shares          []shareMark
}

type shareMark struct{ channel, ts, thread string }

// share is the posting of completed files that waits for their processing.
type share struct {
	channel *channel
	thread  string
	comment string
	files   []*file
}

func (f *file) ready() bool { return f.complete && !f.never && f.polls <= 0 }

func (f *file) kind() string {
	if known := mime.TypeByExtension(strings.ToLower(path.Ext(f.name))); known != "" {
		kind, _, _ := mime.ParseMediaType(known)
		return kind
	}
	kind, _, _ := mime.ParseMediaType(http.DetectContentType(f.bytes))
	return kind
}

// picture tells whether the bytes are an image that a block may show.
func (f *file) picture() bool {
	switch http.DetectContentType(f.bytes) {
	case "image/png", "image/jpeg", "image/gif":
		return true
	}
	return false
}

func (f *file) json(w *workspace) object {
	o := object{
		"id": f.id, "name": f.name, "title": f.title, "size": f.size, "user": w.bot.ID, "mimetype": "", "filetype": "",
		"mode": "hosted", "is_external": false, "created": 0, "channels": []string{}, "groups": []string{}, "ims": []string{},
	}
	if !f.ready() {
		o["file_access"] = "check_file_info"
		return o
	}
	o["mimetype"], o["filetype"] = f.kind(), strings.TrimPrefix(strings.ToLower(path.Ext(f.name)), ".")
	o["url_private"] = w.base + "/files/" + f.id + "/" + f.name
	shares := map[string][]object{}
	var channels []string
	for _, s := range f.shares {
		shares[s.channel] = append(shares[s.channel], object{"ts": s.ts, "thread_ts": s.thread})
		channels = append(channels, s.channel)
	}
	if len(shares) > 0 {
		o["shares"], o["channels"] = object{"public": shares}, channels
	}
	return o
}

func fileMethods() map[string]method {
	return map[string]method{
		"files.getUploadURLExternal":   {scope: "files:write", run: uploadURL},
		"files.completeUploadExternal": {scope: "files:write", run: completeUpload},
		"files.info":                   {scope: "files:read", run: fileInfo},
	}
}

func uploadURL(c *call) (object, error) {
	size, err := strconv.Atoi(c.text("length"))
	if err != nil || size <= 0 || size > fileLimit || c.text("filename") == "" {
		return nil, refuse("invalid_arguments")
	}
	f := &file{
		id: fmt.Sprintf("F0SANDBOX%03d", c.space.next("file")), name: path.Base(c.text("filename")), size: size,
		polls: c.space.filePolls, never: c.space.filePolls < 0,
	}
	f.title = f.name
	c.space.files[f.id] = f
	return object{"upload_url": c.base + "/upload/" + f.id, "file_id": f.id}, nil
}

// serveUpload takes the bytes, raw or as the first part of a multipart form.
func (s *Sandbox) serveUpload(w http.ResponseWriter, r *http.Request) {
	var from io.Reader = http.MaxBytesReader(w, r.Body, fileLimit+1<<20)
	if kind, args, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "multipart/form-data" {
		r.Body = io.NopCloser(from)
		parts, err := r.MultipartReader()
		if err != nil || args["boundary"] == "" {
			http.Error(w, "bad multipart form", http.StatusBadRequest)
			return
		}
		part, err := parts.NextPart()
		if err != nil {
			http.Error(w, "no part in the form", http.StatusBadRequest)
			return
		}
		from = part
	}
	bytes, err := io.ReadAll(from)
	if err != nil {
		http.Error(w, "upload broke off", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.space.files[r.PathValue("id")]
	switch {
	case !ok || f.filled:
		http.Error(w, "no such upload", http.StatusNotFound)
	case len(bytes) != f.size:
		http.Error(w, fmt.Sprintf("announced %d bytes, got %d", f.size, len(bytes)), http.StatusBadRequest)
	default:
		f.bytes, f.filled = bytes, true
		_, _ = fmt.Fprintf(w, "OK - %d", len(bytes))
	}
}

func completeUpload(c *call) (object, error) {
	var wanted []struct{ ID, Title string }
	if json.Unmarshal([]byte(c.text("files")), &wanted) != nil || len(wanted) == 0 {
		return nil, refuse("invalid_arguments")
	}
	var files []*file
	list := []object{}
	for _, want := range wanted {
		f, ok := c.space.files[want.ID]
		if !ok || !f.filled || f.complete {
			return nil, refuse("file_not_found")
		}
		f.title = cmp.Or(want.Title, f.title)
		files = append(files, f)
	}
	where := cmp.Or(c.text("channel_id"), strings.Split(c.text("channels"), ",")[0])
	if where != "" {
		c.params["channel"] = where
		ch, err := c.writable()
		if err != nil {
			return nil, err
		}
		c.space.pending = append(c.space.pending, &share{
			channel: ch, thread: c.text("thread_ts"), comment: c.text("initial_comment"), files: files,
		})
	}
	for _, f := range files {
		f.complete = true
		list = append(list, object{"id": f.id, "title": f.title})
	}
	return object{"files": list}, nil
}

func fileInfo(c *call) (object, error) {
	f, ok := c.space.files[c.text("file")]
	if !ok || !f.complete {
		return nil, refuse("file_not_found")
	}
	// The share of a processed file appears with the poll that finds it so.
	if f.polls == 0 {
		c.space.settleShares()
	}
	answer := object{"file": f.json(c.space), "content": nil, "comments": []string{}}
	f.polls = max(0, f.polls-1)
	return answer, nil
}

// settleShares posts the waiting shares. It runs when somebody looks, which is
// how a share comes "a moment later" without a clock.
func (w *workspace) settleShares() {
	waiting := w.pending
	w.pending = nil
	for _, s := range waiting {
		if slices.ContainsFunc(s.files, func(f *file) bool { return f.never }) {
			w.pending = append(w.pending, s)
			continue
		}
		m := w.post(s.channel, &message{thread: s.thread, user: w.bot.ID, bot: true, text: s.comment, files: s.files})
		for _, f := range s.files {
			f.polls = 0
			f.shares = append(f.shares, shareMark{s.channel.id, m.ts, m.thread})
		}
	}
}

// checkFiles finds image blocks whose slack_file cannot be shown yet.
func (w *workspace) checkFiles(raw json.RawMessage, base string) []Problem {
	var list []any
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var problems []Problem
	walkFiles(list, "", func(at string, ref object) {
		id := str(ref, "id")
		if url := str(ref, "url"); url != "" {
			id, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(url, base), "/files/"), "/")
		}
		if f, ok := w.files[id]; !ok || !f.ready() || !f.picture() {
			problems = append(problems, Problem{Pointer: at, Reason: "invalid slack file"})
		}
	})
	return problems
}

func walkFiles(v any, at string, visit func(at string, ref object)) {
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			walkFiles(e, at+"/"+itoa(i), visit)
		}
	case object:
		for _, key := range []string{"elements", "accessory", "slack_file"} {
			ref, isObject := v[key].(object)
			if key == "slack_file" && isObject {
				visit(at+"/slack_file", ref)
			} else if v[key] != nil {
				walkFiles(v[key], at+"/"+key, visit)
			}
		}
	}
}

// serveFile gives a file to its owner's token or to our own page.
func (s *Sandbox) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f, ok := s.space.files[r.PathValue("id")]
	s.mu.Unlock()
	if !ok || !f.filled || !sameOrigin(r) {
		http.NotFound(w, r)
		return
	}
	kind := "application/octet-stream"
	if f.picture() {
		kind = http.DetectContentType(f.bytes)
	} else {
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "private, max-age=3600")
	_, _ = w.Write(f.bytes)
}
