package sshd

import (
	"fmt"
	"sync"
	"time"
)

// maxLines is how many sentences a second the log takes; the rest is counted.
const maxLines = 50

// limiter keeps a flood of log-ins from flooding the log.
type limiter struct {
	now func() time.Time
	log func(string)

	mu      sync.Mutex
	second  int64
	said    int
	dropped int
}

func (l *limiter) say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now().Unix(); now != l.second {
		if l.dropped > 0 {
			l.log(fmt.Sprintf("%d more lines in a second were left out", l.dropped))
		}
		l.second, l.said, l.dropped = now, 0, 0
	}
	if l.said++; l.said > maxLines {
		l.dropped++
		return
	}
	l.log(fmt.Sprintf(format, args...))
}
