package app

import (
	"context"
	"time"
)

// idleMirror is how old the commit of a mirror is at least that is dropped. A younger
// one may be what another process has just fetched, and has yet to note.
const idleMirror = time.Hour

// dropMirrors drops the mirrors that no source reads any more, neither itself nor
// by a Location. All stay while what is remembered cannot be trusted, or a source
// has yet to be read, so that nobody knows where it leads to.
func (p *portal) dropMirrors(ctx context.Context) {
	if p.demo {
		return
	}
	now, err := p.gather(ctx, nil) // with what other command lines brought meanwhile
	if err != nil || p.state.Trouble() != nil {
		return
	}
	var kept []string
	for _, src := range now.sources {
		if status, _, err := p.store.Source(ctx, src.Name()); err != nil || status.LastSync.IsZero() {
			return
		}
		if m, ok := src.(interface{ Mirror() string }); ok {
			kept = append(kept, m.Mirror())
		}
		for _, other := range p.syncer().Foreign(ctx, src) {
			kept = append(kept, other.Mirror())
		}
	}
	p.mirrors.DropIdle(ctx, kept, p.sys.Now().Add(-idleMirror))
}
