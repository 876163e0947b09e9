package installation

import (
	v3 "github.com/tigera/api/pkg/apis/projectcalico/v3"
	operator "github.com/tigera/operator/api/v1"
)

// Complete does to an Installation what the controller does before it creates anything: it fills in the defaults that
// depend on the pools in the cluster, and validates the result.
func Complete(instance *operator.Installation, current *v3.IPPoolList) error {
	if err := mergeProvider(instance, operator.ProviderNone); err != nil {
		return err
	}
	if err := MergeAndFillDefaults(instance, nil, current); err != nil {
		return err
	}
	return validateCustomResource(instance)
}
