package app

import (
	"errors"
	"sync"
)

// errLeft is what a call gets that comes after the screen was left.
var errLeft = errors.New("the screen was left")

// gate counts the calls that screens have under way. Bubble Tea lets commands
// that still run go on after the program has ended; the data they read and write
// must not be used after RunTUI, which therefore shuts the gate.
type gate struct {
	mu    sync.Mutex
	shut  bool
	calls sync.WaitGroup
}

// do makes a call, unless the gate is shut.
func (g *gate) do(call func() error) error {
	g.mu.Lock()
	if g.shut {
		g.mu.Unlock()
		return errLeft
	}
	g.calls.Add(1)
	g.mu.Unlock()
	defer g.calls.Done()
	return call()
}

// close refuses further calls and waits for those under way.
func (g *gate) close() {
	g.mu.Lock()
	g.shut = true
	g.mu.Unlock()
	g.calls.Wait()
}
