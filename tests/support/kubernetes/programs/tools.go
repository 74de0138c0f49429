//go:build tools

// Package tools names what is compiled without a file here, so that `go mod tidy` keeps it.
package tools

import _ "helm.sh/helm/v4/cmd/helm"
