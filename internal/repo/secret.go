package repo

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// Secret is a login of an http remote. However it is printed or encoded, it
// shows as ***. The zero Secret is none.
type Secret struct{ user, token string }

// NewSecret is the login of a user with a token or password. Most forges accept
// any user name beside a token; an empty one is "x-access-token".
func NewSecret(user, token string) Secret { return Secret{user, token} }

const hidden = "***"

// Format writes *** whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// String is ***.
func (Secret) String() string { return hidden }

// MarshalText is ***, so that no encoder writes the token.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

func (s Secret) empty() bool { return s.token == "" }

// valid tells whether the login can stand in a header.
func (s Secret) valid() bool {
	bad := func(r rune) bool { return r < ' ' || r == 0x7f }
	return !strings.ContainsFunc(s.user+s.token, bad) && !strings.Contains(s.user, ":")
}

func (s Secret) basic() string {
	user := s.user
	if user == "" {
		user = "x-access-token"
	}
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + s.token))
}

// scrub takes the secret, in each form that git may show it, out of a text.
func (s Secret) scrub(text string) string {
	if !s.empty() {
		text = strings.NewReplacer(s.basic(), hidden, s.token, hidden).Replace(text)
	}
	return userinfo.ReplaceAllString(text, "://"+hidden+"@")
}
