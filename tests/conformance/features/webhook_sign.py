"""Signatures and their verification, by the module that signs deliveries."""

from typing import Any

from webhooks.signing import VerificationFailed, sign, verify


def run(given: dict[str, Any]) -> dict[str, Any]:
    """Return a signature header, or the result of verifying one."""
    if "verify" not in given:
        header = sign(
            secrets=given["secrets"], message_id=given["id"], timestamp=given["timestamp"], body=given["body"]
        )
        return {"signature": header}
    check = given["verify"]
    try:
        verify(secrets=[check["secret"]], headers=check["headers"], body=check["body"], now=check["now"])
    except VerificationFailed as error:
        return {"result": error.flaw.value}
    return {"result": "ok"}
