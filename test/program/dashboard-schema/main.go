// Reads a dashboard as Grafana's own published types say it: no field that they do not know, none missing, none of a wrong type.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func check(file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	plugins.RegisterDefaultPlugins()
	var read dashboard.Dashboard
	// A list of no errors comes as an error that is not nil.
	var found cog.BuildErrors
	if err := read.UnmarshalJSONStrict(raw); err != nil && (!errors.As(err, &found) || len(found) > 0) {
		return err
	}
	return read.Validate()
}

func main() {
	if err := check(os.Args[1]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
