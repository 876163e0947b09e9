// The operator's verdict on Installations: one as JSON per line of standard input, one answer per line of standard output.
// With the argument crds it prints its CRDs instead, one per line.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"

	v3 "github.com/tigera/api/pkg/apis/projectcalico/v3"
	operator "github.com/tigera/operator/api/v1"
	"github.com/tigera/operator/pkg/controller/installation"
	"github.com/tigera/operator/pkg/controller/ippool"
	"github.com/tigera/operator/pkg/controller/k8sapi"
	"github.com/tigera/operator/pkg/imports/crds"
)

type answer struct {
	// Why the operator rejects the Installation; empty if it accepts it.
	Error string `json:"error"`
	// Whether the operator crashes.
	Panic bool `json:"panic"`
	// The controller that rejects it: core, or ippool; "core again" is after the pools exist.
	By string `json:"by"`
	// The Installation with all defaults.
	Installation *operator.Installation `json:"installation"`
	// The IPPools that it creates.
	Pools []v3.IPPool `json:"pools"`
}

func main() {
	output := json.NewEncoder(os.Stdout)
	if len(os.Args) > 1 {
		for _, crd := range crds.GetCRDs(operator.Calico, false) {
			write(output, crd)
		}
		return
	}
	// The API server's address, which Windows nodes need, is not part of the Installation.
	k8sapi.Endpoint.Host, k8sapi.Endpoint.Port = "192.0.2.1", "6443"
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 1<<24)
	for input.Scan() {
		write(output, judge(input.Bytes()))
	}
	if input.Err() != nil {
		panic(input.Err())
	}
}

func write(output *json.Encoder, value any) {
	if err := output.Encode(value); err != nil {
		panic(err)
	}
}

func judge(line []byte) (result answer) {
	defer func() {
		if cause := recover(); cause != nil {
			result.Error, result.Panic = fmt.Sprintf("panic: %v\n%s", cause, debug.Stack()), true
		}
	}()
	instance := &operator.Installation{}
	reject := func(by string, err error) answer {
		return answer{By: by, Error: err.Error(), Installation: instance}
	}
	if err := json.Unmarshal(line, instance); err != nil {
		return reject("decoding", err)
	}
	result.By = "core"
	if err := installation.Complete(instance, &v3.IPPoolList{}); err != nil {
		return reject("core", err)
	}
	result.By = "ippool"
	pools, err := ippool.Complete(instance)
	if err != nil {
		return reject("ippool", err)
	}
	// The core controller only sees pools that are enabled.
	enabled := &v3.IPPoolList{}
	for _, pool := range pools.Items {
		if !pool.Spec.Disabled {
			enabled.Items = append(enabled.Items, pool)
		}
	}
	result.By = "core again"
	if err := installation.Complete(instance, enabled); err != nil {
		return reject("core again", err)
	}
	return answer{Installation: instance, Pools: pools.Items}
}
