_helm__postrender() {
    local i cur prev opts cmd
    COMPREPLY=()
    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
        cur="$2"
    else
        cur="${COMP_WORDS[COMP_CWORD]}"
    fi
    prev="$3"
    cmd=""
    opts=""

    for i in "${COMP_WORDS[@]:0:COMP_CWORD}"
    do
        case "${cmd},${i}" in
            ",$1")
                cmd="helm__postrender"
                ;;
            helm__postrender,install-plugin)
                cmd="helm__postrender__subcmd__install__subcmd__plugin"
                ;;
            *)
                ;;
        esac
    done

    case "${cmd}" in
        helm__postrender)
            opts="-q -h -V --cidr --block-size --encapsulation --pool --allow --operator-version --if-present --check --diff --report --quiet --config --from-cluster --context --kubeconfig --cluster-timeout --help --version install-plugin"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 1 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --cidr)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --block-size)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --encapsulation)
                    COMPREPLY=($(compgen -W "IPIPCrossSubnet IPIP VXLAN VXLANCrossSubnet None" -- "${cur}"))
                    return 0
                    ;;
                --pool)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --allow)
                    COMPREPLY=($(compgen -W "field-type cidr-missing field-missing setting-name nat-outgoing-name disruption-budget allowed-uses-name allowed-uses-rejected node-selector-syntax assignment-mode-name pool-name cidr-length pools-maximum unknown-field cidr-syntax cidr-ipv4-mapped cidr-host-bits cidr-notation cidr-link-local block-size-range block-size-fit encapsulation-name ipip-on-ipv6 vxlan-with-host-local encapsulation-without-calico-cni windows-encapsulation windows-further-pools windows-service-cidrs windows-nodes ipip-without-bgp unencapsulated-without-bgp bgp-without-calico-cni bpf-with-ipv6 bpf-ipv6-autodetection pools-per-family pool-duplicate pool-overlap node-selector-without-calico-cni load-balancer-uses load-balancer-encapsulation load-balancer-node-selector load-balancer-bgp-export load-balancer-nat-outgoing default-pool cni-provider cni-ipam calico-cni-only vpp-settings bpf-host-ports policy-setup-timeout autodetection-methods autodetection-cidr absolute-path update-strategy control-plane component-resources cni-logging non-privileged fips-mode azure-provider few-blocks public-range default-services existing-pool-missing existing-pool-block-size existing-pool-encapsulation existing-pool-name existing-pool-not-owned existing-pool-overlap cluster-setting-missing outside-pod-network outside-pod-network-unchecked services-overlap nodes-overlap" -- "${cur}"))
                    return 0
                    ;;
                --operator-version)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --report)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --config)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --context)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                --kubeconfig)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                --cluster-timeout)
                    COMPREPLY=("${cur}")
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o nospace
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
        helm__postrender__subcmd__install__subcmd__plugin)
            opts="-h --helm --force --help"
            if [[ ${cur} == -* || ${COMP_CWORD} -eq 2 ]] ; then
                COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
                return 0
            fi
            case "${prev}" in
                --helm)
                    local oldifs
                    if [ -n "${IFS+x}" ]; then
                        oldifs="$IFS"
                    fi
                    IFS=$'\n'
                    COMPREPLY=($(compgen -f "${cur}"))
                    if [ -n "${oldifs+x}" ]; then
                        IFS="$oldifs"
                    fi
                    if [[ "${BASH_VERSINFO[0]}" -ge 4 ]]; then
                        compopt -o filenames
                    fi
                    return 0
                    ;;
                *)
                    COMPREPLY=()
                    ;;
            esac
            COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )
            return 0
            ;;
    esac
}

if [[ "${BASH_VERSINFO[0]}" -eq 4 && "${BASH_VERSINFO[1]}" -ge 4 || "${BASH_VERSINFO[0]}" -gt 4 ]]; then
    complete -F _helm__postrender -o nosort -o bashdefault -o default helm-postrender
else
    complete -F _helm__postrender -o bashdefault -o default helm-postrender
fi
