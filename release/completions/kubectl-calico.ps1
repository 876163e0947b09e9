
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'kubectl-calico' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'kubectl-calico'
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
        'kubectl-calico' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show how Calico is installed, how it routes pod traffic, and what is wrong')
            [CompletionResult]::new('plan', 'plan', [CompletionResultType]::ParameterValue, 'Recommend the CIDR, block size and encapsulation for a cluster')
            [CompletionResult]::new('nodes', 'nodes', [CompletionResultType]::ParameterValue, 'List the nodes, with what Calico runs, uses and reports on each of them')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a finding or a rule')
            [CompletionResult]::new('snapshot', 'snapshot', [CompletionResultType]::ParameterValue, 'Print everything that status reads, for use with status -f')
            [CompletionResult]::new('rbac', 'rbac', [CompletionResultType]::ParameterValue, 'Print a ClusterRole with the permissions that the other commands need')
            [CompletionResult]::new('completion', 'completion', [CompletionResultType]::ParameterValue, 'Print the shell completion script for kubectl')
            [CompletionResult]::new('version', 'version', [CompletionResultType]::ParameterValue, 'Print the version')
            break
        }
        'kubectl-calico;status' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format: text; short (the verdict and the findings, one line each); wide (also where the facts were read); connectivity (what to run if pods on other nodes do not answer); json; yaml; markdown (for an issue); html (one file, for a ticket); prometheus (metrics in the text format); junit or sarif (for CI)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format: text; short (the verdict and the findings, one line each); wide (also where the facts were read); connectivity (what to run if pods on other nodes do not answer); json; yaml; markdown (for an issue); html (one file, for a ticket); prometheus (metrics in the text format); junit or sarif (for CI)')
            [CompletionResult]::new('--files-are', '--files-are', [CompletionResultType]::ParameterName, 'What the files given with -f describe: cluster; proposal (manifests that have yet to be applied); or auto, which decides by fields that only a server sets, such as uid or status')
            [CompletionResult]::new('--contexts', '--contexts', [CompletionResultType]::ParameterName, 'Report on the clusters of these kubeconfig contexts, separated by commas: one row each, then the findings of those that have any')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until Calico is installed and available, with no finding at or above --fail-on, or until this time is up; then print the report [default: 5m]')
            [CompletionResult]::new('--with', '--with', [CompletionResultType]::ParameterName, 'Show what changes if these manifests are applied: the findings that appear and those that disappear; a file, a directory, or - for standard input; can be repeated')
            [CompletionResult]::new('--baseline', '--baseline', [CompletionResultType]::ParameterName, 'Compare with an earlier report (-o json): show which findings are new, more severe, changed or gone')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Ignore findings for a reason, CODE=REASON or CODE:OBJECT=REASON: CAL216:IPPool/internal=''routed by tor-1''; can be repeated')
            [CompletionResult]::new('--ignore-file', '--ignore-file', [CompletionResultType]::ParameterName, 'Ignore the findings listed in a file; each entry has code and reason, and optionally object and until (a date)')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with 1 on findings of this severity or higher: error, warning or never; with not-installed, also if Calico is not installed: warning,not-installed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors: auto, always or never; auto honors NO_COLOR')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the whole run, unlike --request-timeout, which is for each request: 45s, 5m, or a number of seconds; 0 means no limit [default: 5m]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Accepted as in every kubectl command, but ignored: Calico''s configuration is cluster-wide')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Accepted as in every kubectl command, but ignored: Calico''s configuration is cluster-wide')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Name of the kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Name of the kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Name of the kubeconfig user to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file to use instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User or service account to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; can be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address and port of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address and port of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for authentication to the API server')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the server''s certificate, which makes the connection insecure')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate file of the certificate authority')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate file for TLS')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Client key file for TLS')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to verify in the certificate, if different from the host in the server''s address')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy to connect through (http, https or socks5); overrides NO_PROXY')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Time limit for each request: 45s, 2m, or a number of seconds; 0 means no limit [default: 30s]')
            [CompletionResult]::new('--disable-compression', '--disable-compression', [CompletionResultType]::ParameterName, 'Do not request compressed responses')
            [CompletionResult]::new('--all-contexts', '--all-contexts', [CompletionResultType]::ParameterName, 'Report on the clusters of all contexts of the kubeconfig, as --contexts does. Several snapshots given with -f, or a directory of them, are also reported as several clusters')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Show the verdict and the findings, and show them again whenever they change, until you press Ctrl-C')
            [CompletionResult]::new('--redact', '--redact', [CompletionResultType]::ParameterName, 'Replace names, addresses and domains, consistently, so that the result can be shared; not with --with, which shows the files and lines of manifests. --ignore and --baseline take the real names')
            [CompletionResult]::new('--no-logs', '--no-logs', [CompletionResultType]::ParameterName, 'Do not read logs and events; by default, the last lines of up to 6 failing Calico containers are read, and the events of up to 6 failing pods')
            [CompletionResult]::new('--pods', '--pods', [CompletionResultType]::ParameterName, 'Also read the metadata of all pods, to find addresses that no pod has anymore; a snapshot keeps only these')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log each API request, with its size and duration, to standard error; and list the codes of skipped checks')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log each API request, with its size and duration, to standard error; and list the codes of skipped checks')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Accepted and ignored, like `--namespace`')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'Accepted and ignored, like `--namespace`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-calico;plan' {
            [CompletionResult]::new('--nodes', '--nodes', [CompletionResultType]::ParameterName, 'Number of nodes to plan for [default: the current number]')
            [CompletionResult]::new('--pods-per-node', '--pods-per-node', [CompletionResultType]::ParameterName, 'Pods per node to plan for [default: the kubelet''s limit]')
            [CompletionResult]::new('--cidr', '--cidr', [CompletionResultType]::ParameterName, 'Pool CIDRs, one per address family: 172.16.0.0/16,fd00:10::/56')
            [CompletionResult]::new('--block-size', '--block-size', [CompletionResultType]::ParameterName, 'Pool block sizes: 20 to 32 for IPv4, 116 to 128 for IPv6')
            [CompletionResult]::new('--encapsulation', '--encapsulation', [CompletionResultType]::ParameterName, 'Encapsulation for the families in --cidr and --block-size, otherwise for every pool; per family: IPIP,v6=VXLAN')
            [CompletionResult]::new('--operator-version', '--operator-version', [CompletionResultType]::ParameterName, 'Operator version to plan for [default: the installed one, or the newest known one]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format: text; flags (for helm install and upgrade); values (for the tigera-operator chart); installation (for kubectl); config (for helm-postrender); json; yaml')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format: text; flags (for helm install and upgrade); values (for the tigera-operator chart); installation (for kubectl); config (for helm-postrender); json; yaml')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with 1 on findings of this severity or higher: error, warning or never; with not-installed, also if Calico is not installed: warning,not-installed')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colors: auto, always or never; auto honors NO_COLOR')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the whole run, unlike --request-timeout, which is for each request: 45s, 5m, or a number of seconds; 0 means no limit [default: 5m]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Accepted as in every kubectl command, but ignored: Calico''s configuration is cluster-wide')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Accepted as in every kubectl command, but ignored: Calico''s configuration is cluster-wide')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Name of the kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Name of the kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Name of the kubeconfig user to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file to use instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User or service account to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; can be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address and port of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address and port of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for authentication to the API server')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the server''s certificate, which makes the connection insecure')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate file of the certificate authority')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate file for TLS')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Client key file for TLS')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to verify in the certificate, if different from the host in the server''s address')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy to connect through (http, https or socks5); overrides NO_PROXY')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Time limit for each request: 45s, 2m, or a number of seconds; 0 means no limit [default: 30s]')
            [CompletionResult]::new('--disable-compression', '--disable-compression', [CompletionResultType]::ParameterName, 'Do not request compressed responses')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log each API request, with its size and duration, to standard error; and list the codes of skipped checks')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log each API request, with its size and duration, to standard error; and list the codes of skipped checks')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Accepted and ignored, like `--namespace`')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'Accepted and ignored, like `--namespace`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-calico;nodes' {
            [CompletionResult]::new('-l', '-l', [CompletionResultType]::ParameterName, 'List only nodes with these labels: KEY=VALUE, KEY!=VALUE, ''KEY in (A,B)'', KEY, !KEY, ''KEY>5''; separated by commas')
            [CompletionResult]::new('--selector', '--selector', [CompletionResultType]::ParameterName, 'List only nodes with these labels: KEY=VALUE, KEY!=VALUE, ''KEY in (A,B)'', KEY, !KEY, ''KEY>5''; separated by commas')
            [CompletionResult]::new('--sort-by', '--sort-by', [CompletionResultType]::ParameterName, 'Sort by a column, such as RESTARTS, or by a field of the nodes in the JSON output, such as .calicoNode.value.restarts')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Output format: wide (more columns); json; yaml; name (one name per line)')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Output format: wide (more columns); json; yaml; name (one name per line)')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the whole run, unlike --request-timeout, which is for each request: 45s, 5m, or a number of seconds; 0 means no limit [default: 5m]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Accepted as in every kubectl command, but ignored: Calico''s configuration is cluster-wide')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Accepted as in every kubectl command, but ignored: Calico''s configuration is cluster-wide')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Name of the kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Name of the kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Name of the kubeconfig user to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file to use instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User or service account to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; can be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address and port of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address and port of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for authentication to the API server')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the server''s certificate, which makes the connection insecure')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate file of the certificate authority')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate file for TLS')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Client key file for TLS')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to verify in the certificate, if different from the host in the server''s address')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy to connect through (http, https or socks5); overrides NO_PROXY')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Time limit for each request: 45s, 2m, or a number of seconds; 0 means no limit [default: 30s]')
            [CompletionResult]::new('--disable-compression', '--disable-compression', [CompletionResultType]::ParameterName, 'Do not request compressed responses')
            [CompletionResult]::new('--probe', '--probe', [CompletionResultType]::ParameterName, 'Have calico-node on each of the nodes report its BGP sessions: creates CalicoNodeStatuses, and deletes them again; needs the permissions that rbac --probe prints')
            [CompletionResult]::new('--redact', '--redact', [CompletionResultType]::ParameterName, 'Replace names, addresses and domains, consistently, so that the result can be shared')
            [CompletionResult]::new('--no-headers', '--no-headers', [CompletionResultType]::ParameterName, 'Print only the rows of the table')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log each API request, with its size and duration, to standard error; and list the codes of skipped checks')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log each API request, with its size and duration, to standard error; and list the codes of skipped checks')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Accepted and ignored, like `--namespace`')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'Accepted and ignored, like `--namespace`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-calico;explain' {
            [CompletionResult]::new('--schema', '--schema', [CompletionResultType]::ParameterName, 'Print the JSON schema of a command''s JSON output: status, clusters (status on several), plan or nodes')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List all codes')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-calico;snapshot' {
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated')
            [CompletionResult]::new('--filename', '--filename', [CompletionResultType]::ParameterName, 'Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Time limit for the whole run, unlike --request-timeout, which is for each request: 45s, 5m, or a number of seconds; 0 means no limit [default: 5m]')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Accepted as in every kubectl command, but ignored: Calico''s configuration is cluster-wide')
            [CompletionResult]::new('--namespace', '--namespace', [CompletionResultType]::ParameterName, 'Accepted as in every kubectl command, but ignored: Calico''s configuration is cluster-wide')
            [CompletionResult]::new('--context', '--context', [CompletionResultType]::ParameterName, 'Name of the kubeconfig context to use')
            [CompletionResult]::new('--cluster', '--cluster', [CompletionResultType]::ParameterName, 'Name of the kubeconfig cluster to use')
            [CompletionResult]::new('--user', '--user', [CompletionResultType]::ParameterName, 'Name of the kubeconfig user to use')
            [CompletionResult]::new('--kubeconfig', '--kubeconfig', [CompletionResultType]::ParameterName, 'Kubeconfig file to use instead of $KUBECONFIG or ~/.kube/config')
            [CompletionResult]::new('--as', '--as', [CompletionResultType]::ParameterName, 'User or service account to impersonate')
            [CompletionResult]::new('--as-group', '--as-group', [CompletionResultType]::ParameterName, 'Group to impersonate; can be repeated')
            [CompletionResult]::new('--as-uid', '--as-uid', [CompletionResultType]::ParameterName, 'UID to impersonate')
            [CompletionResult]::new('-s', '-s', [CompletionResultType]::ParameterName, 'Address and port of the API server')
            [CompletionResult]::new('--server', '--server', [CompletionResultType]::ParameterName, 'Address and port of the API server')
            [CompletionResult]::new('--token', '--token', [CompletionResultType]::ParameterName, 'Bearer token for authentication to the API server')
            [CompletionResult]::new('--insecure-skip-tls-verify', '--insecure-skip-tls-verify', [CompletionResultType]::ParameterName, 'Do not verify the server''s certificate, which makes the connection insecure')
            [CompletionResult]::new('--certificate-authority', '--certificate-authority', [CompletionResultType]::ParameterName, 'Certificate file of the certificate authority')
            [CompletionResult]::new('--client-certificate', '--client-certificate', [CompletionResultType]::ParameterName, 'Client certificate file for TLS')
            [CompletionResult]::new('--client-key', '--client-key', [CompletionResultType]::ParameterName, 'Client key file for TLS')
            [CompletionResult]::new('--tls-server-name', '--tls-server-name', [CompletionResultType]::ParameterName, 'Server name to verify in the certificate, if different from the host in the server''s address')
            [CompletionResult]::new('--proxy-url', '--proxy-url', [CompletionResultType]::ParameterName, 'Proxy to connect through (http, https or socks5); overrides NO_PROXY')
            [CompletionResult]::new('--request-timeout', '--request-timeout', [CompletionResultType]::ParameterName, 'Time limit for each request: 45s, 2m, or a number of seconds; 0 means no limit [default: 30s]')
            [CompletionResult]::new('--disable-compression', '--disable-compression', [CompletionResultType]::ParameterName, 'Do not request compressed responses')
            [CompletionResult]::new('--redact', '--redact', [CompletionResultType]::ParameterName, 'Replace names, addresses and domains, consistently, so that the result can be shared')
            [CompletionResult]::new('--no-logs', '--no-logs', [CompletionResultType]::ParameterName, 'Do not read logs and events; by default, the last lines of up to 6 failing Calico containers are read, and the events of up to 6 failing pods')
            [CompletionResult]::new('--pods', '--pods', [CompletionResultType]::ParameterName, 'Also read the metadata of all pods, to find addresses that no pod has anymore; a snapshot keeps only these')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log each API request, with its size and duration, to standard error; and list the codes of skipped checks')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log each API request, with its size and duration, to standard error; and list the codes of skipped checks')
            [CompletionResult]::new('-A', '-A ', [CompletionResultType]::ParameterName, 'Accepted and ignored, like `--namespace`')
            [CompletionResult]::new('--all-namespaces', '--all-namespaces', [CompletionResultType]::ParameterName, 'Accepted and ignored, like `--namespace`')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-calico;rbac' {
            [CompletionResult]::new('--probe', '--probe', [CompletionResultType]::ParameterName, 'Also allow what nodes --probe does: to create, watch and delete CalicoNodeStatuses')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Also allow what status --wait and --watch do: to watch what is read')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-calico;completion' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'kubectl-calico;version' {
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
