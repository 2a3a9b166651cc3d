# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The messages of restores, as data, in the notation of ``backup_messages.py``."""

from __future__ import annotations

RESTORE_MESSAGES: dict[str, dict[str, str]] = {
    "RestoreObject": {
        "metadata": "Metadata",
        "restore_info": "RestoreInfo",
    },
    "RestoreInfo": {
        "backup": "str",
        "backup_location": "str",
        "label_selectors": "{str}",
        "namespace_mapping": "{str}",
        "replace_policy": "enum",
        "status": "RestoreInfo.StatusInfo",
        "resources": "[RestoreInfo.RestoredResource]",
        "volumes": "[RestoreInfo.Volume]",
        "cluster": "str",
        "include_optional_resource_types": "[str]",
        "total_size": "int",
        "include_resources": "[ResourceInfo]",
        "resource_count": "int",
        "stork_version": "str",
        "backup_location_ref": "ObjectRef",
        "storage_class_mapping": "{str}",
        "backup_ref": "ObjectRef",
        "rancher_project_mapping": "{str}",
        "rancher_project_name_mapping": "{str}",
        "large_resource_enabled": "bool",
        "restored_resource_count": "int",
        "restore_status": "RestoreInfo.RestoreResourceState",
        "cluster_ref": "ObjectRef",
        "backup_object_type": "RestoreInfo.BackupObjectType",
        "virtual_machine_restore_options": "RestoreInfo.VirtualMachineRestoreOptions @2.11.0",
        "is_sfr": "bool @2.11.0",
        "file_level_restore_info": "FileLevelRestoreStatusInfo @2.11.0",
        "filter": "RestoreInfo.Filter @2.11.0",
        "target_namespace_prefix": "str @2.11.0",
        "restore_resources": "RestoreInfo.Resources @2.11.0",
        "retention_period": "int @2.11.0",
    },
    "RestoreInfo.StatusInfo": {
        "status": "enum",
        "reason": "str",
    },
    "RestoreInfo.RestoredResource": {
        "name": "str",
        "namespace": "str",
        "group": "str",
        "kind": "str",
        "version": "str",
        "status": "RestoreInfo.StatusInfo",
    },
    "RestoreInfo.Volume": {
        "pvc": "str",
        "source_namespace": "str",
        "source_volume": "str",
        "restore_volume": "str",
        "status": "RestoreInfo.StatusInfo",
        "driver_name": "str",
        "zones": "[str]",
        "options": "{str}",
        "total_size": "int",
    },
    "RestoreInfo.RestoreResourceState": {
        "restore_status": "enum",
    },
    "RestoreInfo.BackupObjectType": {
        "type": "enum",
    },
    "RestoreInfo.VirtualMachineRestoreOptions": {
        "skip_mac_masking": "bool",
        "skip_vm_restart": "bool",
    },
    "FileLevelRestoreStatusInfo": {
        "virtual_machine_name": "str",
        "volume_name": "str",
        "restore_files": "[RestoreFileStatusInfo]",
    },
    "RestoreInfo.Filter": {
        "namespace_filter": "NamespaceFilter",
        "virtual_machine_filter": "VirtualMachineFilter",
    },
    "RestoreInfo.Resources": {
        "resources": "[RestoreInfo.Resource]",
        "reasons": "[str]",
    },
    "RestoreFileStatusInfo": {
        "restore_file_info": "RestoreFileInfo",
        "duration": "str",
        "status": "RestoreInfo.StatusInfo",
    },
    "NamespaceFilter": {
        "namespace_name_pattern": "str",
        "include_namespaces": "[str]",
        "exclude_namespaces": "[str]",
        "include_resources": "[ResourceInfo]",
        "exclude_resources": "[ResourceInfo]",
        "gvks": "[str]",
        "resource_name_pattern": "str",
    },
    "VirtualMachineFilter": {
        "vm_name_pattern": "str",
        "os_name": "[str]",
        "include_vms": "[BackupInfo.VirtualMachineInfo]",
        "exclude_vms": "[BackupInfo.VirtualMachineInfo]",
    },
    "RestoreInfo.Resource": {
        "namespace": "str",
        "status": "RestoreInfo.StatusInfo",
        "resource_types": "[RestoreInfo.Resource.ResourceTypeInfo]",
        "metrics": "RestoreInfo.Resource.Metrics",
    },
    "RestoreFileInfo": {
        "source_path": "str",
        "destination_path": "str",
        "is_dir": "bool",
        "partition_info": "str",
    },
    "RestoreInfo.Resource.ResourceTypeInfo": {
        "name": "str",
        "chunks": "[RestoreInfo.Resource.ChunkInfo]",
        "metrics": "RestoreInfo.Resource.ResourceTypeInfo.Metrics",
    },
    "RestoreInfo.Resource.Metrics": {
        "total_resources": "int",
        "total_volumes": "int",
        "total_failed_resources": "int",
        "total_failed_volumes": "int",
    },
    "RestoreInfo.Resource.ChunkInfo": {
        "id": "int",
        "resource_infos": "[RestoreInfo.Resource.ChunkInfo.ResourceInfo]",
        "total_resources": "int",
    },
    "RestoreInfo.Resource.ResourceTypeInfo.Metrics": {
        "total_resources": "int",
        "total_failed_resources": "int",
    },
    "RestoreInfo.Resource.ChunkInfo.ResourceInfo": {
        "status": "enum",
        "resources": "[RestoreInfo.Resource.ChunkInfo.Resource]",
    },
    "RestoreInfo.Resource.ChunkInfo.Resource": {
        "name": "str",
        "reason_index": "int",
    },
}
