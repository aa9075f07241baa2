package slack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"shopwatch/internal/chat"
)

// Pace of asking whether a picture is ready. Slack answers the upload before it
// has looked at the file, and refuses messages that show it until it has.
const (
	firstPoll = 50 * time.Millisecond
	lastPoll  = 5 * time.Second
)

// draw makes the pictures of m ready to be shown and returns their file ids, one
// per chart, "" for those that are not to be had within wait. It says what is
// missing; it never fails, since the words go out without pictures too.
func (s *Slack) draw(ctx context.Context, m chat.Message, wait time.Duration) ([]string, string) {
	var charts []chat.Chart
	for _, sec := range m.Sections {
		if sec.Chart != nil && len(charts) < maxPictures {
			charts = append(charts, *sec.Chart)
		}
	}
	if len(charts) == 0 {
		return nil, ""
	}
	if s.cfg.Draw == nil {
		return nil, "picture left out: no renderer"
	}
	if end, ok := ctx.Deadline(); ok { // the words need their share of the time
		wait = min(wait, time.Until(end)/2)
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	files := make([]string, len(charts))
	missing := ""
	for i, c := range charts {
		id, err := s.picture(ctx, c)
		if err != nil {
			s.log.WarnContext(ctx, "picture left out", "err", err)
			missing = "picture left out: " + err.Error()
			continue
		}
		files[i] = id
	}
	return files, missing
}

// picture draws and uploads one chart and waits until it can be shown. A
// picture that was uploaded before is used again, so that an edit or a second
// try does not upload it once more.
func (s *Slack) picture(ctx context.Context, c chat.Chart) (string, error) {
	var png bytes.Buffer
	if err := s.cfg.Draw(&png, c); err != nil {
		return "", fmt.Errorf("draw chart: %w", s.scrub.err(err))
	}
	if png.Len() == 0 {
		return "", errors.New("draw chart: nothing drawn")
	}
	sum := sha256.Sum256(png.Bytes())
	if id := s.pictures.of(sum); id != "" {
		return id, nil
	}
	id, err := s.upload(ctx, png.Bytes(), c)
	if err != nil {
		return "", err
	}
	if err := s.awaitFile(ctx, id); err != nil {
		return "", err
	}
	s.pictures.keep(sum, id)
	return id, nil
}

// upload hands the bytes over in three steps. The file belongs to no channel:
// it is seen where the bot shows it.
func (s *Slack) upload(ctx context.Context, png []byte, c chat.Chart) (string, error) {
	id, err := s.hand(ctx, slackgo.GetUploadURLExternalParameters{FileName: "chart.png", FileSize: len(png), AltTxt: clamp(clean(c.Alt), maxAlt)}, png)
	if err != nil {
		return "", err
	}
	done, err := s.api.CompleteUploadExternalContext(ctx, slackgo.CompleteUploadExternalParameters{
		Files: []slackgo.FileSummary{{ID: id, Title: clamp(clean(c.Title), maxHeading)}},
	})
	if err == nil && (done == nil || !done.Ok) {
		err = errors.New("no answer")
	}
	if err != nil {
		return "", fmt.Errorf("complete upload: %w", s.scrub.err(err))
	}
	return id, nil
}

// hand asks for an upload address and sends the bytes there.
func (s *Slack) hand(ctx context.Context, what slackgo.GetUploadURLExternalParameters, content []byte) (id string, err error) {
	slot, err := s.api.GetUploadURLExternalContext(ctx, what)
	if slot != nil {
		id = slot.FileID
	}
	if err := asked(s.classify(err, id)); err != nil {
		return "", fmt.Errorf("ask for upload address: %w", err)
	}
	if err := s.putFile(ctx, slot.UploadURL, content); err != nil {
		return "", fmt.Errorf("upload: %w", err)
	}
	return id, nil
}

// putFile sends the bytes to the upload address, which is a secret of its own
// and needs no token.
func (s *Slack) putFile(ctx context.Context, to string, png []byte) error {
	if !s.trusted(to) {
		return errors.New("upload address is not Slack's")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(png))
	if err != nil {
		return errors.New("upload address is broken")
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := s.http.Do(req)
	if err != nil {
		return s.scrub.err(err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxReply))
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}

// awaitFile returns nil once Slack knows what the file is.
func (s *Slack) awaitFile(ctx context.Context, id string) error {
	return s.await(ctx, id, func(f *slackgo.File) bool { return f.Mimetype != "" })
}

// await asks about a file, ever less often, until it is ready or ctx ends.
func (s *Slack) await(ctx context.Context, id string, ready func(*slackgo.File) bool) error {
	wait := firstPoll
	for {
		f, _, _, err := s.api.GetFileInfoContext(ctx, id, 0, 0)
		if err == nil && f != nil && ready(f) {
			return nil
		}
		if failure, word := failureOf(s.classify(err, "")); failure == chat.Refused || failure == chat.Orphan {
			return fmt.Errorf("look at file: %s", word)
		}
		select {
		case <-ctx.Done():
			return errors.New("the file was not ready in time")
		case <-time.After(wait):
		}
		wait = min(2*wait, lastPoll)
	}
}

// trusted reports whether an address that Slack gave us belongs to Slack, or to
// the server that stands for it.
func (s *Slack) trusted(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Host == "" {
		return false
	}
	if s.hosts[u.Scheme+"://"+u.Host] {
		return true
	}
	return u.Scheme == "https" && u.Port() == "" && strings.HasSuffix(u.Hostname(), ".slack.com")
}

// pictureCache remembers uploaded pictures by their content.
type pictureCache struct {
	mu    sync.Mutex
	ids   map[[32]byte]string
	order [][32]byte
}

const maxCached = 64

func (c *pictureCache) of(sum [32]byte) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ids[sum]
}

func (c *pictureCache) keep(sum [32]byte, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids == nil {
		c.ids = map[[32]byte]string{}
	}
	if c.ids[sum] == "" {
		c.order = append(c.order, sum)
	}
	c.ids[sum] = id
	for len(c.order) > maxCached {
		delete(c.ids, c.order[0])
		c.order = c.order[1:]
	}
}

// forget drops files that Slack would not show: perhaps somebody deleted them.
func (c *pictureCache) forget(files []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order = slices.DeleteFunc(c.order, func(sum [32]byte) bool {
		gone := slices.Contains(files, c.ids[sum])
		if gone {
			delete(c.ids, sum)
		}
		return gone
	})
}
