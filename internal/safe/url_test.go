package safe_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/idptui/idptui/internal/safe"
)

func TestURLPermitsPlainLinks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ raw, link, host string }{
		{"https://example.com", "https://example.com", "example.com"},
		{"HTTPS://Example.COM/Path?q=1#top", "https://Example.COM/Path?q=1#top", "example.com"},
		{"http://localhost:7007/catalog", "http://localhost:7007/catalog", "localhost:7007"},
		{"http://10.0.0.1/", "http://10.0.0.1/", "10.0.0.1"},
		{"http://[::1]:8080/x", "http://[::1]:8080/x", "[::1]:8080"},
		{"https://example.com/a b", "https://example.com/a%20b", "example.com"},
		{"https://example.com/a%0Ab", "https://example.com/a%0Ab", "example.com"},
		{"https://example.com/日本?q=é", "https://example.com/%E6%97%A5%E6%9C%AC?q=%C3%A9", "example.com"},
		{"https://example.com/?q=\"<x>|{y}", "https://example.com/?q=%22%3Cx%3E%7C%7By%7D", "example.com"},
		{"https://example.com/@scope/package", "https://example.com/@scope/package", "example.com"},
		{"https://bücher.example/", "https://b%C3%BCcher.example/", "b‹U+00FC›cher.example"},
		{"https://b%C3%BCcher.example/", "https://b%C3%BCcher.example/", "b‹U+00FC›cher.example"},
		{"https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"},
		{"https://gіthub.com/", "https://g%D1%96thub.com/", "g‹U+0456›thub.com"},
		{"https://tic\u212Aet.example/", "https://tic%E2%84%AAet.example/", "tic‹U+212A›et.example"},
		{"mailto:team@example.com", "mailto:team@example.com", "example.com"},
		{"mailto:team@example.com?subject=Hi%20there&body=x", "mailto:team@example.com?subject=Hi%20there&body=x", "example.com"},
	} {
		link, ok := safe.URL(test.raw)
		if !ok || link != test.link {
			t.Errorf("URL(%q) = %q, %t, want %q", test.raw, link, ok, test.link)
		}
		if host := safe.Host(test.raw); host != test.host {
			t.Errorf("Host(%q) = %q, want %q", test.raw, host, test.host)
		}
	}
}

func TestURLRefusesTheRest(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"empty":                        "",
		"no scheme":                    "example.com",
		"scheme left to the page":      "//example.com/x",
		"path":                         "/etc/passwd",
		"javascript":                   "javascript:alert(1)",
		"file":                         "file:///etc/passwd",
		"ftp":                          "ftp://example.com",
		"ssh with an option":           "ssh://-oProxyCommand=x/",
		"data":                         "data:text/html,x",
		"opaque http":                  "https:example.com",
		"no host":                      "https:///path",
		"dot for a host":               "https://./",
		"port without host":            "https://:443/",
		"user name as a host":          "https://github.com@evil.example/",
		"user name and password":       "https://user:word@example.com/",
		"empty user name":              "https://@example.com/",
		"encoded at sign":              "https://github.com%40evil.example/",
		"backslash":                    `https://github.com\@evil.example/`,
		"backslash in a query":         `https://example.com/?q=\`,
		"LF":                           "https://example.com/\nx",
		"CR":                           "https://example.com/\rx",
		"TAB in the scheme":            "java\tscript:alert(1)",
		"ESC":                          "https://example.com/\x1b\\",
		"BEL":                          "https://example.com/\x07",
		"NUL":                          "https://example.com/\x00",
		"C1":                           "https://example.com/\u009c",
		"raw C1":                       "https://example.com/\x9c",
		"invalid UTF-8":                "https://example.com/\xff",
		"bidi":                         "https://example.com/\u202Egpj.exe",
		"zero width in the host":       "https://exam\u200Bple.com/",
		"encoded bidi in the host":     "https://exam%E2%80%AEple.com/",
		"encoded control in the host":  "https://exam%C2%9Bple.com/",
		"fullwidth slash in the host":  "https://github.com／evil.example/",
		"ideographic full stop":        "https://github.com。evil.example/",
		"division slash":               "https://github.com∕evil.example/",
		"space in the host":            "https://exa mple.com/",
		"leading space":                " https://example.com/",
		"semicolon in the host":        "https://a;b/",
		"port out of range":            "https://example.com:70000/",
		"port 0":                       "https://example.com:0/",
		"IPv6 zone":                    "http://[fe80::1%25eth0]/",
		"bad escape":                   "https://example.com/%zz",
		"too long":                     "https://example.com/" + strings.Repeat("a", 2048),
		"too long when encoded":        "https://example.com/" + strings.Repeat("é", 500),
		"mailto without address":       "mailto:",
		"mailto without domain":        "mailto:team@",
		"mailto without mailbox":       "mailto:@example.com",
		"mailto with two addresses":    "mailto:a@example.com,b@evil.example",
		"mailto with two at signs":     "mailto:a@example.com@evil.example",
		"mailto with a list":           "mailto:a,b@example.com",
		"mailto with an encoded space": "mailto:a%20b@example.com",
		"invisible letter in the host": "https://exam%E3%85%A4ple.com/",
		"mailto with encoded LF":       "mailto:a%0Ab@example.com",
		"mailto with an attachment":    "mailto:a@example.com?attach=/etc/passwd",
		"mailto with a blind copy":     "mailto:a@example.com?BCC=b@evil.example",
		"mailto with slashes":          "mailto://a@example.com",
	} {
		if link, ok := safe.URL(raw); ok || link != "" {
			t.Errorf("%s: URL(%q) = %q, %t, want it refused", name, raw, link, ok)
		}
		if host := safe.Host(raw); host != "" {
			t.Errorf("%s: Host(%q) = %q, want none", name, raw, host)
		}
	}
}

func TestURLHoldsItsProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		checkURL(t, rapid.OneOf(
			hostile(),
			rapid.Map(hostile(), func(s string) string { return "https://example.com/" + s }),
			rapid.Map(hostile(), func(s string) string { return "https://" + s + "/" }),
			rapid.Map(hostile(), func(s string) string { return "mailto:" + s + "@example.com" }),
			rapid.StringMatching(`https?://[a-zé日.@:%\\/]{1,12}(:[0-9]{1,6})?/[ -~é]{0,20}`),
		).Draw(t, "raw"))
	})
}

// checkURL asserts what holds for URL and Host of any text.
func checkURL(t failer, raw string) {
	t.Helper()
	link, ok := safe.URL(raw)
	host := safe.Host(raw)
	if !ok {
		if link != "" || host != "" {
			t.Fatalf("URL(%q) is refused but gives %q, host %q", raw, link, host)
		}
		return
	}
	for i := range len(link) {
		if link[i] <= ' ' || link[i] > '~' || link[i] == '\\' {
			t.Fatalf("URL(%q) = %q holds the byte %q", raw, link, link[i])
		}
	}
	if again, ok := safe.URL(link); !ok || again != link {
		t.Fatalf("URL(%q) = %q is not stable: %q, %t", raw, link, again, ok)
	}
	if same := safe.Host(link); host == "" || same != host || safe.Line(host) != host {
		t.Fatalf("Host(%q) = %q, and of the clean form %q", raw, host, same)
	}
	if frame := "\x1b]8;;" + link + "\x1b\\label\x1b]8;;\x1b\\"; safe.CheckFrame(frame) != nil {
		t.Fatalf("a frame refuses the link %q: %v", link, safe.CheckFrame(frame))
	}
}
