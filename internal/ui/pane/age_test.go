package pane

import (
	"strings"
	"testing"
	"time"
)

// What was synced before a clock was set back lies ahead of it.
func TestAnAgeIsNeverNegative(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	for _, ahead := range []time.Duration{0, time.Second, time.Hour, 24 * time.Hour, 1000 * time.Hour} {
		if age, ago := Age(now, now.Add(ahead)), Ago(now, now.Add(ahead)); age != "now" || ago != "now" || strings.Contains(age, "-") {
			t.Errorf("%v ahead is %q, %q", ahead, age, ago)
		}
	}
}
