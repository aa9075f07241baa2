package app

import (
	"testing"
	"testing/synctest"
	"time"
)

// A demo that runs as fast as the real time still shows its own.
func TestDemoClockAtRealSpeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := DemoStart()
		c := SteppedClock(start)
		c.Start(1)
		time.Sleep(time.Minute)
		if got := c.Now(); !got.Equal(start.Add(time.Minute)) {
			t.Errorf("after a minute it shows %s", got)
		}
	})
}
