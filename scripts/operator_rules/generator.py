"""Installations: sound ones, changed in a few places at random, so that about a third of them is accepted."""

import ipaddress

from .forms import Form, boolean, integer, text
from .values import ODD, PLATFORMS, POOL_FIELDS, SETTINGS, UNKNOWN


class Generator:
    def __init__(self, random):
        self.random = random

    def installation(self):
        """The spec of an Installation, with a Form for each scalar whose notation matters."""
        spec = self.sound()
        for _ in range(self.random.choices([0, 1, 2, 3], [25, 40, 25, 10])[0]):
            self.change(spec)
        return spec

    def sound(self):
        """A spec that most often breaks no rule."""
        random = self.random
        spec, network = {}, {}
        if random.random() < 0.25:
            provider, cni, ipam = random.choice(PLATFORMS)
            if provider:
                spec["kubernetesProvider"] = provider
            if cni:
                spec["cni"] = {"type": cni} | ({"ipam": {"type": ipam}} if ipam else {})
        if random.random() < 0.85:
            network["ipPools"] = self.pools(spec)
        for path, values in SETTINGS.items():
            if random.random() < 0.04:
                put(
                    spec if path[0] != "calicoNetwork" else {"calicoNetwork": network},
                    path,
                    self.value(random.choice(values[0])),
                )
        if network or random.random() < 0.5:
            spec["calicoNetwork"] = network
        return spec

    def change(self, spec):
        """Set one field to any of its values, or to a value of the wrong kind."""
        random = self.random
        network = spec.get("calicoNetwork")
        pools = network.get("ipPools") if isinstance(network, dict) else None
        pools = [pool for pool in pools if isinstance(pool, dict)] if isinstance(pools, list) else []
        if pools and random.random() < 0.6:
            pool = random.choice(pools)
            field = random.choice(list(POOL_FIELDS))
            pool[field] = self.value(random.choice(POOL_FIELDS[field]))
            if field == "cidr" and random.random() < 0.5:
                pool[field] = self.value(self.cidr(random.random() < 0.3))
            if random.random() < 0.05 and pool:
                pool.pop(random.choice(list(pool)))
        else:
            path = random.choice(list(SETTINGS))
            usual, others = SETTINGS[path]
            put(spec, path, self.value(random.choice(usual + others)))
        if random.random() < 0.03:
            put(spec, random.choice(UNKNOWN), 1)
        if random.random() < 0.03:
            put(spec, random.choice(list(SETTINGS)), Form(random.choice(["null", "~"]), None))
        if random.random() < 0.02:
            put(spec, random.choice(list(SETTINGS)), self.value(random.choice(ODD)))

    def pools(self, spec):
        random = self.random
        pools, taken = [], []
        has_calico = spec.get("cni", {}).get("type", "Calico") == "Calico" and spec.get("kubernetesProvider") not in (
            "EKS",
            "AKS",
            "GKE",
        )
        for _ in range(random.choices([0, 1, 2, 3, 4], [3, 50, 30, 12, 5])[0]):
            six = random.random() < 0.25
            cidr = self.cidr(six)
            if any(ipaddress.ip_network(cidr).overlaps(other) for other in taken if other.version == (6 if six else 4)):
                continue
            taken.append(ipaddress.ip_network(cidr))
            pool = {"cidr": text(random, cidr)}
            prefix = int(cidr.split("/")[1])
            if random.random() < 0.5:
                pool["blockSize"] = integer(random, random.randint(max(prefix, 116 if six else 20), 128 if six else 32))
            if random.random() < 0.6:
                names = ["VXLAN", "VXLANCrossSubnet", "None"] + ([] if six else ["IPIP", "IPIPCrossSubnet"])
                pool["encapsulation"] = text(random, random.choice(names) if has_calico else "None")
            for field, values in POOL_FIELDS.items():
                if field not in pool and field not in ("cidr", "blockSize", "encapsulation") and random.random() < 0.12:
                    pool[field] = self.value(values[0])
            if random.random() < 0.3:
                items = list(pool.items())
                random.shuffle(items)
                pool = dict(items)
            pools.append(pool)
        return pools

    def cidr(self, six):
        random = self.random
        if six:
            prefix = random.choice([48, 56, 64, 64, 96, 112, 116, 120, 122, 123, 128])
            network = ipaddress.ip_network((0xFD00 << 112 | random.getrandbits(100), prefix), strict=False)
        else:
            prefix = random.choice([8, 12, 16, 16, 16, 18, 20, 24, 24, 26, 26, 27, 30, 32])
            network = ipaddress.ip_network((10 << 24 | random.getrandbits(24), prefix), strict=False)
        return str(network)

    def value(self, value):
        """A value in some notation."""
        if isinstance(value, bool):
            return boolean(self.random, value)
        if isinstance(value, int):
            return integer(self.random, value)
        if isinstance(value, str):
            return text(self.random, value)
        if isinstance(value, dict):
            return {key: self.value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        return value


def put(spec, path, value):
    for key in path[:-1]:
        if not isinstance(spec.get(key), dict):
            spec[key] = {}
        spec = spec[key]
    spec[path[-1]] = value
