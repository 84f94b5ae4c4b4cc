"""Audit data: what is wrong with them, which samples, how sure, and what to do."""

from shisaku.api.auditing.entry import audit
from shisaku.api.auditing.result import AuditResult

__all__ = ["AuditResult", "audit"]
