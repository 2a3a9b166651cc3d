# SPDX-License-Identifier: GPL-3.0-or-later
"""The content of a namespace of a cluster: resources, volumes, virtual machines."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

GIB = 1024**3
_VOLUME_KINDS = frozenset({"PersistentVolumeClaim", "PersistentVolume"})
SYSTEM_NAMESPACES = frozenset({"kube-system", "kube-public", "kube-node-lease", "portworx"})
_GROUPS = {
    "Deployment": ("apps", "v1"),
    "StatefulSet": ("apps", "v1"),
    "DaemonSet": ("apps", "v1"),
    "ReplicaSet": ("apps", "v1"),
    "Ingress": ("networking.k8s.io", "v1"),
    "VirtualMachine": ("kubevirt.io", "v1"),
}
# Objects of these kinds belong to no namespace. Volumes do not either, but are counted with the one of their claim.
CLUSTER_SCOPED = {
    "ClusterRole": "rbac.authorization.k8s.io",
    "ClusterRoleBinding": "rbac.authorization.k8s.io",
    "CustomResourceDefinition": "apiextensions.k8s.io",
    "PriorityClass": "scheduling.k8s.io",
    "ValidatingWebhookConfiguration": "admissionregistration.k8s.io",
    "MutatingWebhookConfiguration": "admissionregistration.k8s.io",
}
_GROUPS |= {kind: (group, "v1") for kind, group in CLUSTER_SCOPED.items()}
_USUAL = ("Deployment", "Service", "ConfigMap", "Secret", "ServiceAccount")


@dataclass(slots=True)
class KubernetesObject:
    """One Kubernetes object."""

    name: str
    namespace: str
    kind: str
    group: str
    version: str
    labels: dict[str, str] = field(default_factory=dict)
    virtual_machine: str = ""

    def to_message(self) -> Json:
        """Return a ResourceInfo."""
        return {
            "name": self.name,
            "namespace": self.namespace,
            "group": self.group,
            "kind": self.kind,
            "version": self.version,
        }


@dataclass(slots=True)
class Namespace:
    """The content of one namespace."""

    name: str
    objects: list[KubernetesObject]
    volumes: dict[str, Json]
    machines: dict[str, str]


def get_namespace_labels(cluster_namespaces: Json, name: str) -> dict[str, str]:
    """Return the labels of a namespace."""
    return dict((cluster_namespaces.get(name) or {}).get("labels") or {})


def has_machines(cluster_namespaces: Json, name: str) -> bool:
    """Tell whether the namespace has virtual machines."""
    return bool((cluster_namespaces.get(name) or {}).get("virtual_machines"))


def read_namespace(name: str, given: Json | None) -> Namespace:
    """Return the content that a world file describes; what it omits has defaults."""
    given = given or {}
    space = Namespace(name, [], {}, {})
    resources = given.get("resources")
    if resources is None:
        resources = [{"kind": kind, "name": f"{name}-{kind.lower()}", "labels": {"app": name}} for kind in _USUAL]
    for entry in resources:
        space.objects.append(_read_object(name, entry))
    machines = given.get("virtual_machines") or []
    for claim in _read_claims(given.get("volumes", 0 if machines else 3), f"{name}-data"):
        _add_claim(space, claim, "")
    for machine in machines:
        _add_machine(space, machine)
    return space


def describe_namespace(name: str, given: Json | None) -> Json:
    """Write the content of a namespace out, so that `read_namespace` finds the same and objects can be added."""
    space = read_namespace(name, given)
    machines = [
        {"name": machine, "os_name": system, "volumes": _describe_claims(space, machine)}
        for machine, system in space.machines.items()
    ]
    own = [entry for entry in space.objects if not entry.virtual_machine and entry.kind not in _VOLUME_KINDS]
    return {
        **(given or {}),
        "resources": [
            {"kind": entry.kind, "name": entry.name, "group": entry.group, "version": entry.version}
            | {"labels": entry.labels}
            for entry in own
        ],
        "volumes": _describe_claims(space, ""),
        "virtual_machines": machines,
    }


def _describe_claims(space: Namespace, machine: str) -> list[Json]:
    return [
        {"name": claim, "size": volume["total_size"]}
        | {key: volume[key] for key in ("driver_name", "storage_class", "provisioner")}
        for claim, volume in space.volumes.items()
        if volume["virtual_machine_name"] == machine
    ]


def _read_object(namespace: str, entry: Json, machine: str = "") -> KubernetesObject:
    kind = str(entry["kind"])
    group, version = _GROUPS.get(kind, ("core", "v1"))
    return KubernetesObject(
        name=str(entry["name"]),
        namespace="" if kind in CLUSTER_SCOPED else namespace,
        kind=kind,
        group=str(entry.get("group", group)),
        version=str(entry.get("version", version)),
        labels=dict(entry.get("labels") or {}),
        virtual_machine=machine,
    )


def _read_claims(given: Any, prefix: str) -> list[Json]:
    if isinstance(given, int):
        return [{"name": f"{prefix}-{number}"} for number in range(given)]
    return [{"name": entry} if isinstance(entry, str) else dict(entry) for entry in given]


def _add_machine(space: Namespace, machine: Any) -> None:
    entry: Json = {"name": machine} if isinstance(machine, str) else machine
    name = str(entry["name"])
    space.machines[name] = str(entry.get("os_name", "linux"))
    labels = dict(entry.get("labels") or {"app": name})
    space.objects.append(_read_object(space.name, {"kind": "VirtualMachine", "name": name, "labels": labels}, name))
    space.objects.append(
        _read_object(space.name, {"kind": "Secret", "name": f"{name}-cloudinit", "labels": labels}, name)
    )
    for claim in _read_claims(entry.get("volumes", 1), f"{name}-disk"):
        _add_claim(space, claim, name)


def _add_claim(space: Namespace, claim: Json, machine: str) -> None:
    name = str(claim["name"])
    digest = hashlib.md5(f"{space.name}/{name}".encode(), usedforsecurity=False).hexdigest()
    claim_uid = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
    size = int(claim.get("size", (1 + int(digest[:2], 16) % 16) * GIB))
    space.volumes[name] = {
        "name": f"pvc-{claim_uid}",
        "namespace": space.name,
        "pvc": name,
        "driver_name": claim.get("driver_name", "pxd"),
        "zones": ["zone-a"],
        "options": {"simulated": "true"},
        "total_size": size,
        "actual_size": size // 2,
        "storage_class": claim.get("storage_class", "px-csi-db"),
        "pvc_id": claim_uid,
        "provisioner": claim.get("provisioner", "pxd.portworx.com"),
        "virtual_machine_name": machine,
    }
    labels = dict(claim.get("labels") or {"app": machine or space.name})
    space.objects.append(
        _read_object(space.name, {"kind": "PersistentVolumeClaim", "name": name, "labels": labels}, machine)
    )
    space.objects.append(_read_object(space.name, {"kind": "PersistentVolume", "name": f"pvc-{claim_uid}"}, machine))
