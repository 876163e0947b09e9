// Kubernetes' own kube-apiserver and etcd in one binary, which is whichever of the two it is called.
//
// Kubernetes publishes both programs as source, and the tests need an API server that a machine with Go can build for
// itself. They stay two programs, rather than one with etcd inside, so that scripts/test-cluster starts these and those
// that a machine already has (KUBEBUILDER_ASSETS, PATH) in one and the same way. They share a binary because they share
// most of their code: one link instead of two.
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
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	switch name := filepath.Base(os.Args[0]); name {
	case "etcd":
		etcdmain.Main(os.Args)
	case "kube-apiserver":
		os.Exit(cli.Run(app.NewAPIServerCommand()))
	default:
		fmt.Fprintf(os.Stderr, "%s is neither kube-apiserver nor etcd: call it by one of these names\n", name)
		os.Exit(2)
	}
}
