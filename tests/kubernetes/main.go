// Kubernetes in one binary: its own kube-apiserver, kube-controller-manager and kube-scheduler, etcd, and kwok, which
// plays the kubelets. The binary is whichever of them it is called.
//
// Kubernetes publishes its programs as source, and the tests need a cluster that a machine with Go can build for itself.
// They stay separate programs, so that scripts/test-cluster starts these and those that a machine already has
// (KUBEBUILDER_ASSETS, PATH) in one and the same way. They share a binary because they share most of their code: one link
// instead of five, and 146 MB instead of more than 400.
//
// Every version in go.mod follows from that of k8s.io/kubernetes. The modules it develops in its own tree, which its
// go.mod replaces by folders, are replaced here by what it published of them: v1.X.Y of Kubernetes is v0.X.Y of those.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

func main() {
	switch name := filepath.Base(os.Args[0]); name {
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kube-controller-manager":
		os.Exit(cli.Run(controllers.NewControllerManagerCommand()))
	case "kube-scheduler":
		os.Exit(cli.Run(scheduler.NewSchedulerCommand()))
	case "kwok":
		fail(kwok())
	case "front-proxy":
		fail(frontProxy())
	case "pod-network":
		fail(podNetwork(os.Args[1]))
	case "webhooks":
		fail(webhooks(os.Args[1:]))
	default:
		fail(fmt.Errorf("%s is none of the programs in this binary: call it by the name of one", name))
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
