// Package events handles what ${{ values.name }} reads from its topic.
package events

import (
	"context"
	"log/slog"
)

// Topic is where the events come from.
const Topic = "${{ values.topic }}"

// Handle is called for each event, in the order of its key. An error means: bring it again later.
// An event may come twice, so handling it must be safe to repeat.
func Handle(ctx context.Context, key string, value []byte) error {
	slog.InfoContext(ctx, "event", "topic", Topic, "key", key, "bytes", len(value))
	return nil
}
