// Validates a SARIF log against the schema of OASIS, which the package go-sarif holds as a constant that it does not export.
package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/xeipuuv/gojsonschema"
)

func schemaIn(file string) (string, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return "", err
	}
	text := ""
	ast.Inspect(parsed, func(node ast.Node) bool {
		if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if value, err := strconv.Unquote(literal.Value); err == nil && len(value) > len(text) {
				text = value
			}
		}
		return true
	})
	if text == "" {
		return "", errors.New("there is no schema in " + file)
	}
	return text, nil
}

func check(schemaFile string, log string) error {
	schema, err := schemaIn(schemaFile)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(log)
	if err != nil {
		return err
	}
	result, err := gojsonschema.Validate(gojsonschema.NewStringLoader(schema), gojsonschema.NewBytesLoader(raw))
	if err != nil {
		return err
	}
	var found []error
	for _, problem := range result.Errors() {
		found = append(found, errors.New(problem.String()))
	}
	return errors.Join(found...)
}

func main() {
	if err := check(os.Args[1], os.Args[2]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
