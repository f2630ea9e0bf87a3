package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/idptui/idptui/internal/config"
	"github.com/idptui/idptui/internal/ui"
)

func TestTheConfigurationTakesTheThemesThatTheScreenHas(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(ui.Themes(), config.Themes()); diff != "" {
		t.Errorf("(-screen +configuration):\n%s", diff)
	}
}
