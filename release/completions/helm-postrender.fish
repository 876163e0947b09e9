# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_helm_postrender_global_optspecs
    string join \n cidr= block-size= encapsulation= pool= allow= operator-version= if-present check diff report= q/quiet config= from-cluster context= kubeconfig= cluster-timeout= h/help V/version
end

function __fish_helm_postrender_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_helm_postrender_global_optspecs) -- $cmd 2>/dev/null
    or argparse -s (__fish_helm_postrender_global_optspecs) -- $cmd '' 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_helm_postrender_using_subcommand
    set -l cmd (__fish_helm_postrender_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l cidr -d 'CIDRs of the pools, one per address family: 172.16.0.0/16,fd00:10::/56' -r -f
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l block-size -d 'Block sizes of the pools: 20 to 32 for IPv4, 116 to 128 for IPv6' -r -f
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l encapsulation -d 'IPIP, IPIPCrossSubnet, VXLAN, VXLANCrossSubnet or None, for the families in --cidr and --block-size, otherwise for every pool; per family: IPIP,v6=VXLAN' -r -f -a "IPIPCrossSubnet\t''
IPIP\t''
VXLAN\t''
VXLANCrossSubnet\t''
None\t''"
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l pool -d 'Pool to change, by name or CIDR, if a family has several; can be repeated for a block size or an encapsulation' -r -f
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l allow -d 'Ignore violations of this rule; can be repeated; the rules: https://kubectl-calico.github.io/kubectl-calico/rules.html' -r -f -a "field-type\t''
cidr-missing\t''
field-missing\t''
setting-name\t''
nat-outgoing-name\t''
disruption-budget\t''
allowed-uses-name\t''
allowed-uses-rejected\t''
node-selector-syntax\t''
assignment-mode-name\t''
pool-name\t''
cidr-length\t''
pools-maximum\t''
unknown-field\t''
cidr-syntax\t''
cidr-ipv4-mapped\t''
cidr-host-bits\t''
cidr-notation\t''
cidr-link-local\t''
block-size-range\t''
block-size-fit\t''
encapsulation-name\t''
ipip-on-ipv6\t''
vxlan-with-host-local\t''
encapsulation-without-calico-cni\t''
windows-encapsulation\t''
windows-further-pools\t''
windows-service-cidrs\t''
windows-nodes\t''
ipip-without-bgp\t''
unencapsulated-without-bgp\t''
bgp-without-calico-cni\t''
bpf-with-ipv6\t''
bpf-ipv6-autodetection\t''
pools-per-family\t''
pool-duplicate\t''
pool-overlap\t''
node-selector-without-calico-cni\t''
load-balancer-uses\t''
load-balancer-encapsulation\t''
load-balancer-node-selector\t''
load-balancer-bgp-export\t''
load-balancer-nat-outgoing\t''
default-pool\t''
cni-provider\t''
cni-ipam\t''
calico-cni-only\t''
vpp-settings\t''
bpf-host-ports\t''
policy-setup-timeout\t''
autodetection-methods\t''
autodetection-cidr\t''
absolute-path\t''
update-strategy\t''
control-plane\t''
component-resources\t''
cni-logging\t''
non-privileged\t''
fips-mode\t''
azure-provider\t''
few-blocks\t''
public-range\t''
default-services\t''
existing-pool-missing\t''
existing-pool-block-size\t''
existing-pool-encapsulation\t''
existing-pool-name\t''
existing-pool-not-owned\t''
existing-pool-overlap\t''
cluster-setting-missing\t''
outside-pod-network\t''
outside-pod-network-unchecked\t''
services-overlap\t''
nodes-overlap\t''"
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l operator-version -d 'Apply the rules of this operator version instead of the one in the stream' -r -f
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l report -d 'Write a report of the run to a file, as JSON' -r -F
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l config -d 'Take unset values from a cluster plan written by `kubectl calico plan -o config`: the values of existing pools, or else the recommended ones' -r -F
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l context -d 'Kubeconfig context to use [default: $HELM_KUBECONTEXT, else the current context]' -r -f
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l kubeconfig -d 'Kubeconfig file to use [default: $HELM_KUBECONFIG, else the same as kubectl]' -r -F
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l cluster-timeout -d 'Time limit for kubectl-calico [default: 60]' -r -f
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l if-present -d 'Pass a stream without an Installation through unchanged'
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l check -d 'Check only: write no stream, and exit with 1 if something would change'
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l diff -d 'Print a diff to standard error'
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -s q -l quiet -d 'Print nothing to standard error unless the run fails'
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -l from-cluster -d 'Like --config, but run kubectl-calico to make the plan now (found next to this program or on PATH)'
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -s h -l help -d 'Print help'
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -s V -l version -d 'Print version'
complete -c helm-postrender -n "__fish_helm_postrender_needs_command" -f -a "install-plugin" -d 'Install this program as a Helm 4 plugin, replacing any earlier version'
complete -c helm-postrender -n "__fish_helm_postrender_using_subcommand install-plugin" -l helm -d 'Helm program to install the plugin for' -r -F
complete -c helm-postrender -n "__fish_helm_postrender_using_subcommand install-plugin" -l force -d 'Install it next to plugins in Helm 3\'s format, which Helm 3 can then no longer load'
complete -c helm-postrender -n "__fish_helm_postrender_using_subcommand install-plugin" -s h -l help -d 'Print help (see more with \'--help\')'
