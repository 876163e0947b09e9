
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'helm-postrender' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'helm-postrender'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'helm-postrender' {
            [CompletionResult]::new('--cidr', '--cidr', [CompletionResultType]::ParameterName, 'CIDRs of the pools, one per address family: 172.16.0.0/16,fd00:10::/56')
            [CompletionResult]::new('--block-size', '--block-size', [CompletionResultType]::ParameterName, 'Block sizes of the pools: 20 to 32 for IPv4, 116 to 128 for IPv6')
            [CompletionResult]::new('--encapsulation', '--encapsulation', [CompletionResultType]::ParameterName, 'IPIP, IPIPCrossSubnet, VXLAN, VXLANCrossSubnet or None, for the families in --cidr and --block-size, otherwise for every pool; per family: IPIP,v6=VXLAN')
            [CompletionResult]::new('--pool', '--pool', [CompletionResultType]::ParameterName, 'Pool to change, by name or CIDR, if a family has several; can be repeated for a block size or an encapsulation')
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'Ignore violations of this rule; can be repeated; the rules: https://kubectl-calico.github.io/kubectl-calico/rules.html')
            [CompletionResult]::new('--operator-version', '--operator-version', [CompletionResultType]::ParameterName, 'Apply the rules of this operator version instead of the one in the stream')
            [CompletionResult]::new('--report', '--report', [CompletionResultType]::ParameterName, 'Write a report of the run to a file, as JSON')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Take unset values from a cluster plan written by `kubectl calico plan -o config`: the values of existing pools, or else the recommended ones')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Kubeconfig context to use [default: $HELM_KUBECONTEXT, else the current context]')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file to use [default: $HELM_KUBECONFIG, else the same as kubectl]')
            [CompletionResult]::new('--cluster-timeout', '--cluster-timeout', [CompletionResultType]::ParameterName, 'Time limit for kubectl-calico [default: 60]')
            [CompletionResult]::new('--if-present', '--if-present', [CompletionResultType]::ParameterName, 'Pass a stream without an Installation through unchanged')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Check only: write no stream, and exit with 1 if something would change')
            [CompletionResult]::new('--diff', '--diff', [CompletionResultType]::ParameterName, 'Print a diff to standard error')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print nothing to standard error unless the run fails')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print nothing to standard error unless the run fails')
            [CompletionResult]::new('--from-cluster', '--from-cluster', [CompletionResultType]::ParameterName, 'Like --config, but run kubectl-calico to make the plan now (found next to this program or on PATH)')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('install-plugin', 'install-plugin', [CompletionResultType]::ParameterValue, 'Install this program as a Helm 4 plugin, replacing any earlier version')
            break
        }
        'helm-postrender;install-plugin' {
            [CompletionResult]::new('--helm', '--helm', [CompletionResultType]::ParameterName, 'Helm program to install the plugin for')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Install it next to plugins in Helm 3''s format, which Helm 3 can then no longer load')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
