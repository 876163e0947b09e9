package ippool

import (
	"context"

	v3 "github.com/tigera/api/pkg/apis/projectcalico/v3"
	operator "github.com/tigera/operator/api/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// empty is a cluster with nothing in it, in particular without kubeadm's configuration.
type empty struct{ client.Client }

func (empty) Get(_ context.Context, key client.ObjectKey, _ client.Object, _ ...client.GetOption) error {
	return errors.NewNotFound(schema.GroupResource{}, key.Name)
}

// Complete does to the pools of an Installation what the controller does in an empty cluster, and returns the IPPools
// that it would create.
func Complete(instance *operator.Installation) (*v3.IPPoolList, error) {
	if err := fillDefaults(context.Background(), empty{}, instance, &v3.IPPoolList{}); err != nil {
		return nil, err
	}
	if err := ValidatePools(instance); err != nil {
		return nil, err
	}
	pools := &v3.IPPoolList{}
	for _, pool := range instance.Spec.CalicoNetwork.IPPools {
		resource, err := ToProjectCalico(pool)
		if err != nil {
			return nil, err
		}
		pools.Items = append(pools.Items, *resource)
	}
	return pools, nil
}
