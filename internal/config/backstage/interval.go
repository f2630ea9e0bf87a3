package backstage

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Bounds of sync.interval.
const (
	minInterval = time.Second
	maxInterval = 24 * time.Hour
)

// interval makes sync.interval of catalog.processingInterval.
func (c *converter) interval() {
	const key = "catalog.processingInterval"
	v := c.root.get("catalog", "processingInterval")
	if v == nil {
		return
	}
	if v.is("false") {
		c.note(v, key, "sources are read again once a day at least", "sync.interval was set to 24h")
		c.out.Sync = &Sync{Interval: written(maxInterval)}
		return
	}
	d, ok := c.duration(v, key)
	if !ok {
		c.note(v, key, "it is no length of time that can be read", "set sync.interval by hand")
		return
	}
	bounded := min(max(d.Round(time.Second), minInterval), maxInterval)
	if bounded != d {
		c.note(v, key, "an interval is in whole seconds, from 1s to 24h", "sync.interval was set to "+written(bounded))
	}
	c.out.Sync = &Sync{Interval: written(bounded)}
}

// units of the parts of a length of time, by all the names that they have.
var units = map[string]time.Duration{
	"milliseconds": time.Millisecond, "ms": time.Millisecond,
	"seconds": time.Second, "second": time.Second, "sec": time.Second, "secs": time.Second, "s": time.Second,
	"minutes": time.Minute, "minute": time.Minute, "min": time.Minute, "mins": time.Minute, "m": time.Minute,
	"hours": time.Hour, "hour": time.Hour, "hr": time.Hour, "hrs": time.Hour, "h": time.Hour,
	"days": 24 * time.Hour, "day": 24 * time.Hour, "d": 24 * time.Hour,
	"weeks": 7 * 24 * time.Hour, "week": 7 * 24 * time.Hour, "w": 7 * 24 * time.Hour,
}

var (
	isoDuration   = regexp.MustCompile(`^P(?:([0-9.]{1,9})W)?(?:([0-9.]{1,9})D)?(?:T(?:([0-9.]{1,9})H)?(?:([0-9.]{1,9})M)?(?:([0-9.]{1,9})S)?)?$`)
	wordyDuration = regexp.MustCompile(`^([0-9.]{1,12})\s*([a-z]+)$`)
)

// duration reads {minutes: 30}, PT30M or 30 minutes. A length of 0 is none.
func (c *converter) duration(v *value, key string) (time.Duration, bool) {
	var sum time.Duration
	ok := true
	add := func(number, unit string) {
		n, err := strconv.ParseFloat(number, 64)
		size := units[unit]
		if err != nil || size == 0 || n < 0 || n > 1e6 {
			ok = false
			return
		}
		sum += time.Duration(n * float64(size))
	}
	if v.kind == isObject {
		for _, unit := range v.names() {
			text, has := c.text(v.get(unit), key+"."+unit)
			ok = ok && has
			add(text, unit)
		}
		return sum, ok && sum > 0
	}
	text, has := c.text(v, key)
	if !has {
		return 0, false
	}
	if m := isoDuration.FindStringSubmatch(text); m != nil {
		for i, unit := range []string{"weeks", "days", "hours", "minutes", "seconds"} {
			if m[i+1] != "" {
				add(m[i+1], unit)
			}
		}
	} else if m := wordyDuration.FindStringSubmatch(strings.ToLower(text)); m != nil {
		add(m[1], m[2])
	} else {
		return 0, false
	}
	return sum, ok && sum > 0
}

// written is a length of time as a person writes it: 30m, not 30m0s.
func written(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
