# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that backups refer to: clusters, locations, rules, credentials, policies, schedules."""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass, field
from typing import Any

from px_backup_simulator.clock import format_time
from px_backup_simulator.errors import ControlError

Json = dict[str, Any]

DEFAULT_RESOURCE_TYPES = (
    "ClusterRole",
    "ClusterRoleBinding",
    "ConfigMap",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Endpoints",
    "Ingress",
    "LimitRange",
    "NetworkPolicy",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "PodDisruptionBudget",
    "ReplicaSet",
    "ResourceQuota",
    "Role",
    "RoleBinding",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
    "VirtualMachine",
)
DEFAULT_NAMESPACES: Json = {
    "shop": {"labels": {"tier": "gold"}},
    "billing": {"labels": {"tier": "gold"}},
    "web": {"labels": {"tier": "silver"}},
}
SECRET_FIELDS = frozenset(
    {
        "access_key",
        "secret_key",
        "account_key",
        "client_secret",
        "json_key",
        "api_key",
        "access_token",
        "token",
        "kubeconfig",
        "encryption_key",
        "service_token",
    }
)


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of object is named: in the control API, in a world file, in calls and responses."""

    name: str
    plural: str
    service: str
    info: str
    list_key: str
    item_key: str
    title: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("cluster", "clusters", "Cluster", "clusterInfo", "clusters", "cluster", "cluster"),
        Kind(
            "backup_location",
            "backup_locations",
            "BackupLocation",
            "backup_location_info",
            "backup_locations",
            "backup_location",
            "backup location",
        ),
        Kind("rule", "rules", "Rules", "rules_info", "rules", "rule", "rule"),
        Kind(
            "cloud_credential",
            "cloud_credentials",
            "CloudCredential",
            "cloud_credential_info",
            "cloud_credentials",
            "cloud_credential",
            "cloud credential",
        ),
        Kind(
            "schedule_policy",
            "schedule_policies",
            "SchedulePolicy",
            "schedule_policy_info",
            "schedule_policies",
            "schedule_policy",
            "schedule policy",
        ),
        Kind(
            "backup_schedule",
            "backup_schedules",
            "BackupSchedule",
            "backup_schedule_info",
            "backup_schedules",
            "backup_schedule",
            "backup schedule",
        ),
        Kind(
            "vro_policy",
            "vro_policies",
            "VolumeResourceOnlyPolicy",
            "volume_resource_only_policy_info",
            "volume_resource_only_policies",
            "volume_resource_only_policy",
            "volume resource only policy",
        ),
    )
}
KIND_OF_SERVICE = {kind.service: kind for kind in KINDS.values()}
_REFERENCES = {
    "cloud_credential": "cloud_credential",
    "backup_location": "backup_location",
    "cluster": "cluster",
    "schedule_policy": "schedule_policy",
    "pre_exec_rule": "rule",
    "post_exec_rule": "rule",
}
_PLAIN_STATUS = frozenset({"cluster", "backup_location"})
_TO_INFO = ("type", "k8s_version", "time_zone", "stork_version")
_OWN = frozenset(
    {"kind", "name", "uid", "org", "owner", "labels", "status", "reason", "info", "metadata", "public"}
    | {"ownership", "namespaces", "resource_types", "storage_classes", *_REFERENCES, *_TO_INFO}
)


@dataclass(slots=True)
class Item:
    """One object of the catalogue."""

    kind: str
    name: str
    uid: str
    org: str
    owner: str
    created: float
    labels: dict[str, str]
    ownership: Json
    info: Json
    namespaces: Json = field(default_factory=dict)
    resource_types: list[str] = field(default_factory=list)
    cluster_objects: list[Json] = field(default_factory=list)
    storage_classes: list[str] = field(default_factory=list)

    @property
    def ref(self) -> dict[str, str]:
        """Name and uid."""
        return {"name": self.name, "uid": self.uid}

    @property
    def status(self) -> str:
        """Its status, empty when it has none."""
        return str(self.info.get("status", {}).get("status", ""))

    @property
    def reason(self) -> str:
        """The reason of its status."""
        return str(self.info.get("status", {}).get("reason", ""))

    def to_dict(self) -> Json:
        """Return everything, as JSON."""
        return asdict(self)

    def to_message(self, *, secrets: bool = False, status: bool = True) -> Json:
        """Return the object as a response carries it, with the fields of all releases."""
        info = copy.deepcopy(self.info) if secrets else _remove_secrets(self.info)
        if not status:
            info.pop("status", None)
        return {
            "metadata": {
                "name": self.name,
                "uid": self.uid,
                "owner": self.owner,
                "org_id": self.org,
                "create_time": format_time(self.created),
                "last_update_time": format_time(self.created),
                "create_time_in_sec": int(self.created),
                "last_update_time_in_sec": int(self.created),
                "labels": dict(self.labels),
                "ownership": {"owner": self.owner, **self.ownership},
            },
            KINDS[self.kind].info: info,
        }


def _remove_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _remove_secrets(item) for key, item in value.items() if key not in SECRET_FIELDS}
    return [_remove_secrets(item) for item in value] if isinstance(value, list) else value


def find_kind(name: Any) -> Kind:
    """Return a kind by its name; ControlError when there is none."""
    if name not in KINDS:
        raise ControlError(f"unknown kind {name!r}, known: backup, restore, namespace, {', '.join(KINDS)}")
    return KINDS[name]


def find_references(given: Json) -> dict[str, tuple[str, str]]:
    """Return the references of a short form: field to kind and name."""
    return {key: (kind, str(given[key])) for key, kind in _REFERENCES.items() if given.get(key)}


@dataclass(frozen=True, slots=True)
class Fallback:
    """What an object gets where its written form says nothing."""

    uid: str
    owner: str
    org: str
    created: float


def _read_namespaces(kind: Kind, given: Json) -> Json:
    """Return the namespaces of a cluster: a mapping, a list of names, or the usual ones."""
    if kind.name != "cluster":
        return {}
    spaces = given.get("namespaces", DEFAULT_NAMESPACES)
    return {name: {} for name in spaces} if isinstance(spaces, list) else copy.deepcopy(dict(spaces or {}))


def build_item(kind: Kind, given: Json, refs: Json, otherwise: Fallback) -> Item:
    """Make an object from its short form (name, status, …) or its full form (metadata and info), or a mix."""
    metadata = given.get("metadata", {})
    name = given.get("name") or metadata.get("name")
    if not isinstance(name, str) or not name:
        raise ControlError(f"a {kind.title} needs a name")
    unknown = sorted(set(given) - _OWN - {kind.info})
    if unknown:
        raise ControlError(f"{kind.title} {name!r}: unknown keys {', '.join(unknown)}")
    info: Json = {key: given[key] for key in _TO_INFO if key in given}
    for key, ref in refs.items():
        info[key] = ref["name"]
        info[f"{key}_ref"] = ref
    if kind.name in _PLAIN_STATUS and kind.info not in given:
        word = "Online" if kind.name == "cluster" else "Valid"
        info["status"] = {"status": given.get("status", word), "reason": given.get("reason", "")}
    info |= copy.deepcopy(given.get("info", {})) | copy.deepcopy(given.get(kind.info, {}))
    public = {} if given.get("public") is False else {"public": {"type": "Read"}}
    own: Json = given.get("ownership") or metadata.get("ownership") or public
    return Item(
        kind=kind.name,
        name=name,
        uid=given.get("uid") or metadata.get("uid") or otherwise.uid,
        org=given.get("org") or metadata.get("org_id") or otherwise.org,
        owner=given.get("owner") or own.get("owner") or metadata.get("owner") or otherwise.owner,
        created=otherwise.created,
        labels={str(k): str(v) for k, v in (given.get("labels") or metadata.get("labels") or {}).items()},
        ownership={key: value for key, value in own.items() if key != "owner"},
        info=info,
        namespaces=_read_namespaces(kind, given),
        storage_classes=list(given.get("storage_classes") or []),
        resource_types=list(given.get("resource_types") or DEFAULT_RESOURCE_TYPES if kind.name == "cluster" else []),
    )
