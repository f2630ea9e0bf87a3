package source

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/idptui/idptui/internal/repo"
)

// The other repositories of a source, between two syncs: what its status remembers of
// them, how they are fetched, and what can be read of them without a sync.

// Foreign is another repository, of which a source reads the files that its Locations
// lead to.
type Foreign struct {
	Git           // of the name of the source
	Prefix string // of the paths of its files within the source
}

// NameOf is the path with the name of the repository before it.
func (f Foreign) NameOf(path string) string { return f.Prefix + path }

// Foreign are the other repositories of a source, as its last sync found them.
func (s *Syncer) Foreign(ctx context.Context, src Source) []Foreign {
	var out []Foreign
	rules := src.Rules()
	rules.Paths = nil // those of the source's own files
	for _, remote := range s.foreign(ctx, src) {
		g := NewGit(src.Name(), s.Web.Mirrors, remote, s.Web.Forge(repo.HostOf(remote.URL)), rules)
		out = append(out, Foreign{g, groundPrefix(g)})
	}
	return out
}

// Feeds is, of what Feeds says of the source, what lies in this repository, by its
// paths there.
func (f Foreign) Feeds(feeds map[string][]string) map[string][]string {
	out := map[string][]string{}
	for name, descriptors := range feeds {
		rest, here := strings.CutPrefix(name, f.Prefix)
		for _, d := range descriptors {
			if own, ok := strings.CutPrefix(d, f.Prefix); ok && here {
				out[rest] = append(out[rest], own)
			}
		}
	}
	return out
}

// foreign is how those on hosts that may be asked are reached.
func (s *Syncer) foreign(ctx context.Context, src Source) []repo.Remote {
	var remotes []repo.Remote
	for _, line := range s.remotesOf(ctx, src) {
		clone, branch, _ := strings.Cut(line, "\t")
		if remote, listed := s.Web.Remote(clone); listed {
			remote.URL, remote.Branch, remote.Want = clone, branch, isYAML
			remotes = append(remotes, remote)
		}
	}
	return remotes
}

// fetchOutcome is what came of the fetches before a sync.
type fetchOutcome struct {
	err   error            // of the source itself
	stale map[string]error // by remoteKey, of the other repositories that could not be fetched
}

// fetch fetches a source and the other repositories that its Locations led to.
func (s *Syncer) fetch(ctx context.Context, src Source) fetchOutcome {
	var out fetchOutcome
	if from, ok := src.(Fetcher); ok {
		out.err = from.Fetch(ctx)
	}
	remotes := s.foreign(ctx, src)
	errs := make([]error, len(remotes))
	each(len(remotes), func(i int) { _, errs[i] = s.Web.Mirrors.Update(ctx, remotes[i]) })
	for i, err := range errs {
		if err != nil {
			if out.stale == nil {
				out.stale = map[string]error{}
			}
			out.stale[remoteKey(remotes[i])] = err
		}
	}
	return out
}

// remotesOf are the other repositories of a source, as its last sync found them.
func (s *Syncer) remotesOf(ctx context.Context, src Source) []string {
	if s.Web == nil {
		return nil
	}
	status, known, err := s.Store.Source(ctx, src.Name())
	if err != nil || !known || status.Remotes == "" {
		return nil // the sync itself says what is wrong with the cache
	}
	return strings.Split(status.Remotes, "\n")
}

// want fetches what a sync met: of each address the first reading whose branch
// there is. It gives what came of each.
func (s *Syncer) want(ctx context.Context, wanted map[string][]repo.Remote) map[string]error {
	var addresses []string
	for address := range wanted {
		addresses = append(addresses, address)
	}
	slices.Sort(addresses)
	updates := map[string]func() error{} // one for all addresses of a repository
	for _, tried := range wanted {
		for _, remote := range tried {
			updates[remoteKey(remote)] = sync.OnceValue(func() error {
				_, err := s.Web.Mirrors.Update(ctx, remote)
				return err
			})
		}
	}
	errs := make([]error, len(addresses))
	each(len(addresses), func(i int) {
		for _, remote := range wanted[addresses[i]] {
			if errs[i] = updates[remoteKey(remote)](); !errors.Is(errs[i], repo.ErrNoBranch) {
				return
			}
		}
	})
	out := map[string]error{}
	for i, address := range addresses {
		out[address] = errs[i]
	}
	return out
}

// each calls work for 0 to n-1, a few at a time, and returns when all are done.
func each(n int, work func(i int)) {
	var all sync.WaitGroup
	places := make(chan struct{}, remoteJobs)
	for i := range n {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			work(i)
		})
	}
	all.Wait()
}

// withRemotes names what a source and its other repositories hold; "" is no name.
func (s *Syncer) withRemotes(revision, remotes string) string {
	if revision == "" || remotes == "" || s.Web == nil {
		return revision
	}
	parts := [][]byte{[]byte(revision)}
	for line := range strings.SplitSeq(remotes, "\n") {
		clone, branch, _ := strings.Cut(line, "\t")
		commit := ""
		if remote, listed := s.Web.Remote(clone); listed {
			remote.URL, remote.Branch = clone, branch
			commit, _ = s.Web.Mirrors.Head(remote)
		}
		parts = append(parts, []byte(line+"\t"+commit+"\n"))
	}
	return digest(parts...)
}
