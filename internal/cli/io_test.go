package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// A file that is endless, or grows, costs no more memory than was meant.
func TestFilesAreReadUpToALimit(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(name, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int64]string{4: "0123", 10: "0123456789", 99: "0123456789"} {
		if got, err := (disk{}).ReadFile(name, limit); string(got) != want || err != nil {
			t.Errorf("%d bytes: %q, %v", limit, got, err)
		}
	}
	if got, err := (disk{}).ReadFile("/dev/zero", 1000); err == nil && len(got) != 1000 {
		t.Errorf("%d bytes of an endless one", len(got))
	}
}
