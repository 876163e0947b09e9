"""The programs of Calico that can be built from published Go modules: its operator and its API server."""

import dataclasses
import hashlib

from go_module import REPOSITORY
from go_source import Module, Source

# Since v1.40 at the latest the operator's types are a module of their own, of which few versions are published. This one is newer than
# the operators below. It has all their fields, except that it renames some of Calico Enterprise's; `edits` follows.
# (Compared in their repository: v1.42.3:api/v1 with f444e3b593ce:api/v1.)
OPERATOR_TYPES = Module(
    "github.com/tigera/operator/api",
    "v0.0.0-20260615132847-f444e3b593ce",
    "h1:CI4ckE3WcKtim5aul+feP0awIux+4jE9nJJSfsgzqCE=",
    "h1:y4fIO6qlQiZSTFW6qoukMmScpGhvdhj0pI7zzLAObxk=",
)
MONITOR = "pkg/render/monitor/monitor.go"


def operator(version, content_hash, go_mod_hash, package, **more):
    module = Module("github.com/tigera/operator", version, content_hash, go_mod_hash)
    stamps = (("github.com/tigera/operator/version.VERSION", version),)
    return Source("operator", module, package, stamps, **more)


# By the version in an image's tag.
OPERATORS = {
    source.module.version: source
    for source in [
        operator(  # Calico 3.32.1
            "v1.42.3",
            "h1:dNXhLahS2j+KvRuWfTu1ulzrnr7YprHNOvctzdsE5Mo=",
            "h1:uyr+iGtDLoCiBmUct2cS/iy6uDsF+WBofAXwze2Ynfg=",
            "cmd",
            folders=(("api", OPERATOR_TYPES),),
            # The charts of Istio, which an Istio resource installs.
            fetched=tuple(f"pkg/render/istio/{name}.tgz" for name in ["base", "istiod", "cni", "ztunnel"]),
            edits=(
                (MONITOR, "Monitor.AlertManager.AlertManagerSpec", "Monitor.Alertmanager.AlertmanagerSpec"),
                (MONITOR, "Monitor.AlertManager ", "Monitor.Alertmanager "),
            ),
        ),
        operator(  # Calico 3.29.5
            "v1.36.13",
            "h1:RUm5Rg2AjH9R/gCfUtvyQeZlkHSvOQPV4Uw481tLYzQ=",
            "h1:Kdr4KNJYya6CtkFTV77acI04QgzVS4zidkIPY4c3xK8=",
            ".",
            replacements=(
                (
                    "vbom.ml/util",
                    Module(
                        "github.com/fvbommel/util",
                        "v0.0.0-20180919145318-efcd4e0f9787",
                        "h1:AfLWrOEtyI9WI9aaDF0GN/6FQu+rNvl2YUeizB6FYuk=",
                        "h1:AlRx4sdoz6EdWGYPMeunQWYf46cKnq7J4iVvLgyb5cY=",
                    ),
                ),
            ),
        ),
    ]
}
NEWEST = "v1.42.3"

# Calico 3.31.0's, the newest that is published with its types. It serves every operator that needs one.
API_SERVER = Source(
    "calico-apiserver",
    Module(
        "github.com/projectcalico/calico",
        "v0.0.0-20251021213802-b1f3c43f8437",
        "h1:PbLe6D0Yis8ce4F+o/Dmlrv4Her2ZN6ns8rmlZoFoEY=",
        "h1:HPgBjvttb5ao4PdYZJOQ2H9G71fnWOUM1CRAPPOUyc0=",
    ),
    "apiserver/cmd/apiserver",
    folders=(
        (
            "api",
            Module(
                "github.com/projectcalico/api",
                "v0.0.0-20251022175904-f2ab03771208",
                "h1:ltTWo/cCc/8pEpzmlzIjt6r2383x2XDPkuBcd/9kE3k=",
                "h1:0+91//9pw8kMOyWwG1egVY9a9y43kVTLZfiEF1l5IQc=",
            ),
        ),
        (
            "lib/std",
            Module(
                "github.com/projectcalico/calico/lib/std",
                "v0.0.0-20251021213802-b1f3c43f8437",
                "h1:iLY3Uzt4pVX3jpS9Wt+mxakq1nfzN/32t6YZK9n7p/U=",
                "h1:CjRtnCtQlXAxROAfoVztMfaBDWFqpuZmWM9EfBkcj8c=",
            ),
        ),
        ("lib/httpmachinery", "github.com/projectcalico/calico/lib/httpmachinery"),
    ),
)

# What the operator's own packages say of an Installation: tests/operator-rules, compiled into them.
RULES = {
    "cmd/rules/main.go": "tests/operator-rules/main.go",
    "pkg/controller/installation/rules.go": "tests/operator-rules/installation.go",
    "pkg/controller/ippool/rules.go": "tests/operator-rules/ippool.go",
}
# What is named otherwise in operator 1.36.
OLD_NAMES = (
    ("github.com/tigera/api/pkg/apis/projectcalico/v3", "github.com/tigera/operator/pkg/apis/crd.projectcalico.org/v1"),
    ("ToProjectCalico(pool)", "pool.ToProjectCalicoV1()"),
    ("operator/pkg/imports/crds", "operator/pkg/crds"),
    ("GetCRDs(operator.Calico, false)", "GetCRDs(operator.Calico)"),
)


def rules(operator):
    """The program with the rules of an operator in OPERATORS."""
    added = tuple(
        (name, own, hashlib.sha256((REPOSITORY / own).read_bytes()).hexdigest()) for name, own in RULES.items()
    )
    edits = operator.edits
    if operator.module.version.startswith("v1.36."):
        files = {name: (REPOSITORY / own).read_text() for name, own in RULES.items()}
        edits += tuple((name, *edit) for name, text in files.items() for edit in OLD_NAMES if edit[0] in text)
    return dataclasses.replace(
        operator, program="operator-rules", package="cmd/rules", stamps=(), added=added, edits=edits
    )
