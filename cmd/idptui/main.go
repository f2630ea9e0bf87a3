// Command idptui is an internal developer portal in the terminal. It does
// nothing here but hand over the arguments and take back the exit code.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/idptui/idptui/internal/app"
	"github.com/idptui/idptui/internal/cli"
)

func main() {
	os.Exit(run())
}

// run lets the first Ctrl-C end things in order; a second one, with nobody
// listening any more, ends the process.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return app.Main(ctx, os.Args[1:], cli.OS())
}
