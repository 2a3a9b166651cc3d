# Copyright (c) 2026 PXOps contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error for each error response: codes, statuses and texts."""

from __future__ import annotations

import pytest
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.client.error_responses import from_response
from ansible_collections.pxops.px_backup.plugins.module_utils.pxbackup.errors import PXBackupError

UNKNOWN, INTERNAL = 2, 13


@pytest.mark.parametrize(
    ("status", "code", "text", "category", "name"),
    [
        (400, 3, "bad", "validation", "InvalidArgument"),
        (400, 11, "bad", "validation", "OutOfRange"),
        (400, 9, "bad", "state", "FailedPrecondition"),
        (404, 5, "gone", "not_found", "NotFound"),
        (409, 6, "there", "conflict", "AlreadyExists"),
        (409, 10, "raced", "conflict", "Aborted"),
        (403, 7, "no", "permission", "PermissionDenied"),
        (401, 16, "who", "authentication", "Unauthenticated"),
        (501, 12, "what", "unsupported", "Unimplemented"),
        (429, 8, "slow down", "server", "ResourceExhausted"),
        (503, 14, "later", "server", "Unavailable"),
        (504, 4, "late", "timeout", "DeadlineExceeded"),
        (499, 1, "late", "timeout", "Canceled"),
        (500, UNKNOWN, "boom", "server", "Unknown"),
        (500, INTERNAL, "boom", "server", "Internal"),
        (500, 15, "boom", "server", "DataLoss"),
        (500, 99, "boom", "server", None),
        (500, None, "", "server", None),
        (400, None, "", "validation", None),
        (401, None, "", "authentication", None),
        (403, None, "", "permission", None),
        (407, None, "", "authentication", None),
        (408, None, "", "timeout", None),
        (409, None, "", "conflict", None),
        (502, None, "", "server", None),
    ],
)
def test_code_and_status(status: int, code: int | None, text: str, category: str, name: str | None) -> None:
    error = from_response(status, code, text)
    assert (error.category, error.grpc_code, error.http_status) == (category, name, status)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("object not found", "not_found"),
        ("backup with name 'x' not found for org 'y'", "not_found"),
        ("failed to retrieve cluster [X]: object not found", "state"),
        ("failed to retrieve backup location", "state"),
        ("Object Already Exists", "conflict"),
        ("more than one object found with same name, please use the object UID along with name", "conflict"),
        ("user doesn't have permission to delete backup", "permission"),
        ("Access denied for [Resource: backup]", "permission"),
        ("token is expired", "authentication"),
        ("failed to validate access to the cluster", "state"),
        ("license is expired", "state"),
        ("license has been exceeded", "state"),
        ("cannot be removed: it has reference to 2 backups", "state"),
    ],
)
@pytest.mark.parametrize("code", [UNKNOWN, INTERNAL])
def test_text_decides_before_an_unspecific_code(text: str, category: str, code: int) -> None:
    error = from_response(500, code, text)
    assert error.category == category
    assert not error.retriable


@pytest.mark.parametrize(
    ("status", "code", "text", "category"),
    [
        (400, 3, "namespace already exists is not a valid name", "validation"),
        (400, 3, "invalid value [object not found]", "validation"),
        (403, 7, "Access denied for [Resource: already exists]", "permission"),
        (404, 5, "backup [x: already exists] not found", "not_found"),
        (409, 6, "object not found", "conflict"),
        (401, 16, "license is expired", "authentication"),
        (500, UNKNOWN, 'failed to get target namespace: namespaces "already exists" not found', "server"),
        (500, UNKNOWN, "namespace [object not found] is terminating", "server"),
        (500, UNKNOWN, "failed to back up already exists in shop", "server"),
        (500, UNKNOWN, "volume 'x doesn't have permission' is busy", "server"),
        (500, UNKNOWN, "rule [license is expired] failed", "server"),
        (500, UNKNOWN, "failed to retrieve cloud credential [aws]: object not found", "state"),
        (404, 5, "failed to retrieve cloud credential [aws]: object not found", "state"),
        (500, INTERNAL, "failed to create backup object [x]: object already exists", "conflict"),
        (500, UNKNOWN, "cluster [x] already exists with status: Online", "conflict"),
    ],
)
def test_the_code_decides_first_and_a_name_never(status: int, code: int, text: str, category: str) -> None:
    assert from_response(status, code, text).category == category


@pytest.mark.parametrize(
    ("status", "code", "text", "unknown"),
    [
        (500, UNKNOWN, "boom", True),
        (500, INTERNAL, "etcd timed out", True),
        (500, None, "boom", True),
        (500, 15, "boom", True),
        (504, 4, "late", True),
        (408, 1, "canceled", True),
        (503, 14, "later", True),
        (429, 8, "slow down", True),
        (429, None, "slow down", False),
        (500, UNKNOWN, "object not found", False),
        (500, UNKNOWN, "user doesn't have permission to delete backup", False),
        (400, 3, "bad", False),
        (400, 9, "bad", False),
        (403, 7, "no", False),
        (404, 5, "gone", False),
        (409, 6, "there", False),
        (409, 10, "raced", False),
        (401, 16, "who", False),
        (501, 12, "what", False),
        (501, None, "", False),
        (500, 3, "bad", True),
    ],
)
def test_an_error_that_does_not_prove_that_nothing_was_done(
    status: int, code: int | None, text: str, unknown: bool
) -> None:
    assert from_response(status, code, text).maybe_processed is unknown


@pytest.mark.parametrize(
    ("status", "category"),
    [
        (400, "validation"),
        (401, "authentication"),
        (403, "permission"),
        (408, "timeout"),
        (418, "server"),
        (429, "server"),
        (500, "server"),
        (502, "server"),
        (503, "server"),
        (504, "server"),
        (202, "server"),
    ],
)
@pytest.mark.parametrize(("code", "name"), [(5, "NotFound"), (6, "AlreadyExists"), (0, None)])
def test_a_code_that_contradicts_the_status_is_not_believed(
    status: int, category: str, code: int, name: str | None
) -> None:
    error = from_response(status, code, "object not found")
    assert (error.category, error.grpc_code, error.http_status) == (category, name, status)
    assert error.maybe_processed
    assert error.retriable is (status in (408, 429, 502, 503, 504))
    assert "contradicts itself" in str(error)
    assert "object not found" in str(error)


@pytest.mark.parametrize(("status", "code"), [(404, 13), (404, 2), (409, 5), (404, 6), (404, 99), (404, 0), (404, 404)])
def test_a_status_that_contradicts_the_code_is_no_absence_either(status: int, code: int) -> None:
    assert from_response(status, code, "object not found").category in ("server", "conflict")


@pytest.mark.parametrize("status", [400, 401, 403, 408, 409, 429, 500, 501, 502, 503, 504])
@pytest.mark.parametrize("text", ["no", "object not found", "object already exists", "license is expired"])
def test_a_code_that_repeats_the_status_says_what_the_status_says(status: int, text: str) -> None:
    error, plain = from_response(status, status, text), from_response(status, None, "no")
    assert {**error.as_dict(), "message": error.message} == {
        **plain.as_dict(),
        "message": f"PX-Backup or a proxy before it refused the request (HTTP {status}): {text}",
    }
    assert error.category == plain.category
    # A firewall may have refused the response, not the request.
    assert error.maybe_processed


@pytest.mark.parametrize("status", [200, 202])
def test_a_good_status_that_is_repeated_proves_nothing(status: int) -> None:
    assert from_response(status, status, "accepted").maybe_processed


@pytest.mark.parametrize("status", [200, 400, 403, 502, 503, 504])
def test_the_text_of_a_proxy_is_no_absence(status: int) -> None:
    assert from_response(status, None, "object not found").category != "not_found"


def test_name_in_a_text_does_not_decide() -> None:
    assert from_response(500, UNKNOWN, "backup 'license-db' failed: object not found").category == "not_found"
    assert from_response(500, UNKNOWN, "no backup of license-db").category == "server"


@pytest.mark.parametrize("code", [None, 1, 499])
def test_a_gateway_that_did_not_wait_proves_nothing(code: int | None) -> None:
    assert from_response(499, code, "client closed request").maybe_processed


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 429, 499, 500, 501, 502, 503, 504])
def test_what_may_be_repeated(status: int) -> None:
    error = from_response(status, None, "")
    assert error.retriable is (status in (408, 429, 502, 503, 504))
    assert error.maybe_processed is (status in (408, 499, 500, 502, 503, 504))


def test_text_is_one_bounded_line() -> None:
    error = from_response(500, UNKNOWN, "a\n\tb " * 1000)
    assert "\n" not in str(error)
    assert len(str(error)) <= 2000


def test_hint_follows_the_message() -> None:
    error = PXBackupError("it broke", hint="mend it")
    assert str(error) == "it broke; mend it"
    assert str(PXBackupError("it broke")) == "it broke"


@pytest.mark.parametrize(
    ("status", "code", "text", "sentence"),
    [
        (500, UNKNOWN, "boom", "PX-Backup refused the request (HTTP 500, Unknown): boom"),
        (500, None, "boom", "PX-Backup refused the request (HTTP 500): boom"),
        (500, 99, "boom", "PX-Backup refused the request (HTTP 500): boom"),
        (500, None, " \n", "PX-Backup refused the request (HTTP 500): no reason given"),
        (409, 6, "", "PX-Backup refused the request (HTTP 409, AlreadyExists): no reason given"),
    ],
)
def test_sentence(status: int, code: int | None, text: str, sentence: str) -> None:
    assert str(from_response(status, code, text)) == sentence


@pytest.mark.parametrize(
    ("status", "code", "text", "words"),
    [
        (401, 16, "who", "get a new token"),
        (403, None, "", "an administrator"),
        (503, None, "", "run the task again later"),
        (500, UNKNOWN, "license is expired", "check the licence"),
        (500, UNKNOWN, "it has reference to 2 backups", "remove what still uses the object"),
    ],
)
def test_error_response_with_a_hint(status: int, code: int | None, text: str, words: str) -> None:
    error = from_response(status, code, text)
    assert words in (error.hint or "")
    assert str(error).endswith(f"; {error.hint}")


def test_error_with_only_a_message() -> None:
    error = PXBackupError("it broke")
    assert repr(error) == "PXBackupError('it broke')"
    assert error.as_dict() == {
        "category": "server",
        "http_status": None,
        "grpc_code": None,
        "method": None,
        "path": None,
        "attempts": 0,
        "retriable": False,
        "hint": None,
    }
    assert (error.changed, error.result, error.maybe_processed, error.retry_after) == (False, {}, False, None)


def test_structured_form_is_plain_and_whole() -> None:
    error = from_response(404, 5, "gone")
    error.method, error.path, error.attempts = "GET", "/v1/backup/default/x", 2
    assert error.as_dict() == {
        "category": "not_found",
        "http_status": 404,
        "grpc_code": "NotFound",
        "method": "GET",
        "path": "/v1/backup/default/x",
        "attempts": 2,
        "retriable": False,
        "hint": None,
    }
