# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kubectl_calico_global_optspecs
    string join \n h/help V/version
end

function __fish_kubectl_calico_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_kubectl_calico_global_optspecs) -- $cmd 2>/dev/null
    or argparse -s (__fish_kubectl_calico_global_optspecs) -- $cmd '' 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_kubectl_calico_using_subcommand
    set -l cmd (__fish_kubectl_calico_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c kubectl-calico -n "__fish_kubectl_calico_needs_command" -s h -l help -d 'Print help'
complete -c kubectl-calico -n "__fish_kubectl_calico_needs_command" -s V -l version -d 'Print version'
complete -c kubectl-calico -n "__fish_kubectl_calico_needs_command" -f -a "status" -d 'Show how Calico is installed, how it routes pod traffic, and what is wrong'
complete -c kubectl-calico -n "__fish_kubectl_calico_needs_command" -f -a "plan" -d 'Recommend the CIDR, block size and encapsulation for a cluster'
complete -c kubectl-calico -n "__fish_kubectl_calico_needs_command" -f -a "nodes" -d 'List the nodes, with what Calico runs, uses and reports on each of them'
complete -c kubectl-calico -n "__fish_kubectl_calico_needs_command" -f -a "explain" -d 'Explain a finding or a rule'
complete -c kubectl-calico -n "__fish_kubectl_calico_needs_command" -f -a "snapshot" -d 'Print everything that status reads, for use with status -f'
complete -c kubectl-calico -n "__fish_kubectl_calico_needs_command" -f -a "rbac" -d 'Print a ClusterRole with the permissions that the other commands need'
complete -c kubectl-calico -n "__fish_kubectl_calico_needs_command" -f -a "completion" -d 'Print the shell completion script for kubectl'
complete -c kubectl-calico -n "__fish_kubectl_calico_needs_command" -f -a "version" -d 'Print the version'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -s o -l output -d 'Output format: text; short (the verdict and the findings, one line each); wide (also where the facts were read); connectivity (what to run if pods on other nodes do not answer); json; yaml; markdown (for an issue); html (one file, for a ticket); prometheus (metrics in the text format); junit or sarif (for CI)' -r -f -a "text\t'Human-readable report'
short\t'The verdict, and the findings in a line each'
wide\t'The report with the sources of the facts'
connectivity\t'What to run if pods on other nodes do not answer'
json\t'Machine-readable report'
yaml\t'The same as YAML'
markdown\t'Report to paste into an issue'
html\t'Report as one HTML file'
prometheus\t'Metrics in Prometheus\' text format'
junit\t'Test results for CI systems'
sarif\t'Results for code scanning'"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l files-are -d 'What the files given with -f describe: cluster; proposal (manifests that have yet to be applied); or auto, which decides by fields that only a server sets, such as uid or status' -r -f -a "auto\t'What their objects show'
cluster\t'A cluster'
proposal\t'Manifests that have yet to be applied'"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l contexts -d 'Report on the clusters of these kubeconfig contexts, separated by commas: one row each, then the findings of those that have any' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l wait -d 'Wait until Calico is installed and available, with no finding at or above --fail-on, or until this time is up; then print the report [default: 5m]' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l with -d 'Show what changes if these manifests are applied: the findings that appear and those that disappear; a file, a directory, or - for standard input; can be repeated' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l baseline -d 'Compare with an earlier report (-o json): show which findings are new, more severe, changed or gone' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l ignore -d 'Ignore findings for a reason, CODE=REASON or CODE:OBJECT=REASON: CAL216:IPPool/internal=\'routed by tor-1\'; can be repeated' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l ignore-file -d 'Ignore the findings listed in a file; each entry has code and reason, and optionally object and until (a date)' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l fail-on -d 'Exit with 1 on findings of this severity or higher: error, warning or never; with not-installed, also if Calico is not installed: warning,not-installed' -r -f -a "error\t'Errors'
warning\t'Errors and warnings'
never\t'No finding'
not-installed\t'Calico is not installed'"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l color -d 'When to use colors: auto, always or never; auto honors NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -s f -l filename -d 'Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l timeout -d 'Time limit for the whole run, unlike --request-timeout, which is for each request: 45s, 5m, or a number of seconds; 0 means no limit [default: 5m]' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -s n -l namespace -d 'Accepted as in every kubectl command, but ignored: Calico\'s configuration is cluster-wide' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l context -d 'Name of the kubeconfig context to use' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l cluster -d 'Name of the kubeconfig cluster to use' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l user -d 'Name of the kubeconfig user to use' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l kubeconfig -d 'Kubeconfig file to use instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l as -d 'User or service account to impersonate' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l as-group -d 'Group to impersonate; can be repeated' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l as-uid -d 'UID to impersonate' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -s s -l server -d 'Address and port of the API server' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l token -d 'Bearer token for authentication to the API server' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l insecure-skip-tls-verify -d 'Do not verify the server\'s certificate, which makes the connection insecure' -r -f -a "true\t''
false\t''"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l certificate-authority -d 'Certificate file of the certificate authority' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l client-certificate -d 'Client certificate file for TLS' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l client-key -d 'Client key file for TLS' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l tls-server-name -d 'Server name to verify in the certificate, if different from the host in the server\'s address' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l proxy-url -d 'Proxy to connect through (http, https or socks5); overrides NO_PROXY' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l request-timeout -d 'Time limit for each request: 45s, 2m, or a number of seconds; 0 means no limit [default: 30s]' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l disable-compression -d 'Do not request compressed responses' -r -f -a "true\t''
false\t''"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l all-contexts -d 'Report on the clusters of all contexts of the kubeconfig, as --contexts does. Several snapshots given with -f, or a directory of them, are also reported as several clusters'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l watch -d 'Show the verdict and the findings, and show them again whenever they change, until you press Ctrl-C'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l redact -d 'Replace names, addresses and domains, consistently, so that the result can be shared; not with --with, which shows the files and lines of manifests. --ignore and --baseline take the real names'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l no-logs -d 'Do not read logs and events; by default, the last lines of up to 6 failing Calico containers are read, and the events of up to 6 failing pods'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -l pods -d 'Also read the metadata of all pods, to find addresses that no pod has anymore; a snapshot keeps only these'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -s v -l verbose -d 'Log each API request, with its size and duration, to standard error; and list the codes of skipped checks'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -s A -l all-namespaces -d 'Accepted and ignored, like `--namespace`'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand status" -s h -l help -d 'Print help'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l nodes -d 'Number of nodes to plan for [default: the current number]' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l pods-per-node -d 'Pods per node to plan for [default: the kubelet\'s limit]' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l cidr -d 'Pool CIDRs, one per address family: 172.16.0.0/16,fd00:10::/56' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l block-size -d 'Pool block sizes: 20 to 32 for IPv4, 116 to 128 for IPv6' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l encapsulation -d 'Encapsulation for the families in --cidr and --block-size, otherwise for every pool; per family: IPIP,v6=VXLAN' -r -f -a "IPIPCrossSubnet\t''
IPIP\t''
VXLAN\t''
VXLANCrossSubnet\t''
None\t''"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l operator-version -d 'Operator version to plan for [default: the installed one, or the newest known one]' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -s o -l output -d 'Output format: text; flags (for helm install and upgrade); values (for the tigera-operator chart); installation (for kubectl); config (for helm-postrender); json; yaml' -r -f -a "text\t'Human-readable plan'
flags\t'Flags for helm install and helm upgrade, Helm 3 and 4'
values\t'Values file for the tigera-operator chart'
installation\t'Installation and APIServer manifests for kubectl'
config\t'Input for helm-postrender --config'
json\t'Machine-readable plan'
yaml\t'The same as YAML'"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l fail-on -d 'Exit with 1 on findings of this severity or higher: error, warning or never; with not-installed, also if Calico is not installed: warning,not-installed' -r -f -a "error\t'Errors'
warning\t'Errors and warnings'
never\t'No finding'
not-installed\t'Calico is not installed'"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l color -d 'When to use colors: auto, always or never; auto honors NO_COLOR' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -s f -l filename -d 'Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l timeout -d 'Time limit for the whole run, unlike --request-timeout, which is for each request: 45s, 5m, or a number of seconds; 0 means no limit [default: 5m]' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -s n -l namespace -d 'Accepted as in every kubectl command, but ignored: Calico\'s configuration is cluster-wide' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l context -d 'Name of the kubeconfig context to use' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l cluster -d 'Name of the kubeconfig cluster to use' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l user -d 'Name of the kubeconfig user to use' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l kubeconfig -d 'Kubeconfig file to use instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l as -d 'User or service account to impersonate' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l as-group -d 'Group to impersonate; can be repeated' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l as-uid -d 'UID to impersonate' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -s s -l server -d 'Address and port of the API server' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l token -d 'Bearer token for authentication to the API server' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l insecure-skip-tls-verify -d 'Do not verify the server\'s certificate, which makes the connection insecure' -r -f -a "true\t''
false\t''"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l certificate-authority -d 'Certificate file of the certificate authority' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l client-certificate -d 'Client certificate file for TLS' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l client-key -d 'Client key file for TLS' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l tls-server-name -d 'Server name to verify in the certificate, if different from the host in the server\'s address' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l proxy-url -d 'Proxy to connect through (http, https or socks5); overrides NO_PROXY' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l request-timeout -d 'Time limit for each request: 45s, 2m, or a number of seconds; 0 means no limit [default: 30s]' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -l disable-compression -d 'Do not request compressed responses' -r -f -a "true\t''
false\t''"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -s v -l verbose -d 'Log each API request, with its size and duration, to standard error; and list the codes of skipped checks'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -s A -l all-namespaces -d 'Accepted and ignored, like `--namespace`'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand plan" -s h -l help -d 'Print help'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -s l -l selector -d 'List only nodes with these labels: KEY=VALUE, KEY!=VALUE, \'KEY in (A,B)\', KEY, !KEY, \'KEY>5\'; separated by commas' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l sort-by -d 'Sort by a column, such as RESTARTS, or by a field of the nodes in the JSON output, such as .calicoNode.value.restarts' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -s o -l output -d 'Output format: wide (more columns); json; yaml; name (one name per line)' -r -f -a "wide\t'The table with more columns'
json\t'Machine-readable list'
yaml\t'The same as YAML'
name\t'The names of the nodes'"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -s f -l filename -d 'Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l timeout -d 'Time limit for the whole run, unlike --request-timeout, which is for each request: 45s, 5m, or a number of seconds; 0 means no limit [default: 5m]' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -s n -l namespace -d 'Accepted as in every kubectl command, but ignored: Calico\'s configuration is cluster-wide' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l context -d 'Name of the kubeconfig context to use' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l cluster -d 'Name of the kubeconfig cluster to use' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l user -d 'Name of the kubeconfig user to use' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l kubeconfig -d 'Kubeconfig file to use instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l as -d 'User or service account to impersonate' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l as-group -d 'Group to impersonate; can be repeated' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l as-uid -d 'UID to impersonate' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -s s -l server -d 'Address and port of the API server' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l token -d 'Bearer token for authentication to the API server' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l insecure-skip-tls-verify -d 'Do not verify the server\'s certificate, which makes the connection insecure' -r -f -a "true\t''
false\t''"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l certificate-authority -d 'Certificate file of the certificate authority' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l client-certificate -d 'Client certificate file for TLS' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l client-key -d 'Client key file for TLS' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l tls-server-name -d 'Server name to verify in the certificate, if different from the host in the server\'s address' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l proxy-url -d 'Proxy to connect through (http, https or socks5); overrides NO_PROXY' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l request-timeout -d 'Time limit for each request: 45s, 2m, or a number of seconds; 0 means no limit [default: 30s]' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l disable-compression -d 'Do not request compressed responses' -r -f -a "true\t''
false\t''"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l probe -d 'Have calico-node on each of the nodes report its BGP sessions: creates CalicoNodeStatuses, and deletes them again; needs the permissions that rbac --probe prints'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l redact -d 'Replace names, addresses and domains, consistently, so that the result can be shared'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -l no-headers -d 'Print only the rows of the table'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -s v -l verbose -d 'Log each API request, with its size and duration, to standard error; and list the codes of skipped checks'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -s A -l all-namespaces -d 'Accepted and ignored, like `--namespace`'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand nodes" -s h -l help -d 'Print help'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand explain" -l schema -d 'Print the JSON schema of a command\'s JSON output: status, clusters (status on several), plan or nodes' -r -f -a "status\t'kubectl calico status -o json'
clusters\t'kubectl calico status -o json, on several clusters'
plan\t'kubectl calico plan -o json'
nodes\t'kubectl calico nodes -o json'"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand explain" -l list -d 'List all codes'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand explain" -s h -l help -d 'Print help'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -s f -l filename -d 'Read manifests, a snapshot or the archive of calicoctl cluster diags instead of a cluster: a file, a directory (its .yaml, .yml and .json files), or - for standard input; can be repeated' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l timeout -d 'Time limit for the whole run, unlike --request-timeout, which is for each request: 45s, 5m, or a number of seconds; 0 means no limit [default: 5m]' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -s n -l namespace -d 'Accepted as in every kubectl command, but ignored: Calico\'s configuration is cluster-wide' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l context -d 'Name of the kubeconfig context to use' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l cluster -d 'Name of the kubeconfig cluster to use' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l user -d 'Name of the kubeconfig user to use' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l kubeconfig -d 'Kubeconfig file to use instead of $KUBECONFIG or ~/.kube/config' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l as -d 'User or service account to impersonate' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l as-group -d 'Group to impersonate; can be repeated' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l as-uid -d 'UID to impersonate' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -s s -l server -d 'Address and port of the API server' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l token -d 'Bearer token for authentication to the API server' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l insecure-skip-tls-verify -d 'Do not verify the server\'s certificate, which makes the connection insecure' -r -f -a "true\t''
false\t''"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l certificate-authority -d 'Certificate file of the certificate authority' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l client-certificate -d 'Client certificate file for TLS' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l client-key -d 'Client key file for TLS' -r -F
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l tls-server-name -d 'Server name to verify in the certificate, if different from the host in the server\'s address' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l proxy-url -d 'Proxy to connect through (http, https or socks5); overrides NO_PROXY' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l request-timeout -d 'Time limit for each request: 45s, 2m, or a number of seconds; 0 means no limit [default: 30s]' -r -f
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l disable-compression -d 'Do not request compressed responses' -r -f -a "true\t''
false\t''"
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l redact -d 'Replace names, addresses and domains, consistently, so that the result can be shared'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l no-logs -d 'Do not read logs and events; by default, the last lines of up to 6 failing Calico containers are read, and the events of up to 6 failing pods'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -l pods -d 'Also read the metadata of all pods, to find addresses that no pod has anymore; a snapshot keeps only these'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -s v -l verbose -d 'Log each API request, with its size and duration, to standard error; and list the codes of skipped checks'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -s A -l all-namespaces -d 'Accepted and ignored, like `--namespace`'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand snapshot" -s h -l help -d 'Print help'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand rbac" -l probe -d 'Also allow what nodes --probe does: to create, watch and delete CalicoNodeStatuses'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand rbac" -l watch -d 'Also allow what status --wait and --watch do: to watch what is read'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand rbac" -s h -l help -d 'Print help'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand completion" -s h -l help -d 'Print help'
complete -c kubectl-calico -n "__fish_kubectl_calico_using_subcommand version" -s h -l help -d 'Print help'
