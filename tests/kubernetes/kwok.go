package main

import (
	"github.com/spf13/pflag"
	"sigs.k8s.io/kwok/pkg/config"
	"sigs.k8s.io/kwok/pkg/kwok/cmd"
	"sigs.k8s.io/kwok/pkg/log"
	"sigs.k8s.io/kwok/pkg/utils/signals"
)

// kwok runs kwok's command, whose --config and --v are read before the command's own flags, which depend on the first
// (sigs.k8s.io/kwok, cmd/kwok/main.go, v0.8.0).
func kwok() error {
	early := pflag.NewFlagSet("kwok", pflag.ContinueOnError)
	early.ParseErrorsAllowlist.UnknownFlags = true
	early.Usage = func() {}
	ctx, _ := log.InitFlags(signals.SetupSignalContext(), early)
	ctx, err := config.InitFlags(ctx, early)
	if err != nil {
		return err
	}
	command := cmd.NewCommand(ctx)
	// Kubernetes' flag of this name, which is not a bool, would be taken for the command's.
	command.Version = ""
	command.PersistentFlags().AddFlagSet(early)
	return command.ExecuteContext(ctx)
}
