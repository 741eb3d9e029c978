"""The values that a field with a choice may have; their words stand in `data/texts/<lang>/records.yml`."""

from __future__ import annotations

from collections.abc import Mapping

CHOICES: Mapping[str, tuple[str, ...]] = {
    "yes_no": ("yes", "no"),
    "yes_no_unknown": ("yes", "no", "unknown"),
    "level": ("objective", "action_plan", "action"),
    "theme": ("A", "B", "C", "D", "E", "F", "G", "H"),
    "promise_from": ("plan", "agreement", "council", "law", "none"),
    "status": (
        "achieved", "mostly", "partly", "underway", "not_started", "later", "stopped", "unclear", "pending",
    ),
    "result": ("better", "same", "worse", "not_measured"),
    "reason": (
        "money", "staff", "other_level", "other_choice", "crisis", "postponed", "other", "unknown",
    ),
    "relevance": ("same", "more", "less"),
    "answer": (
        "yes", "partly", "no", "unknown", "not_yet", "0", "1", "2", "3", "4", "5",
        "never", "once", "yearly", "title", "applied", "returned", "none",
    ),
    "source_kind": (
        "decision", "account", "plan", "report", "rules", "contract", "count", "website", "press",
        "statistics", "confirmation", "statement", "own_observation", "testimony", "search",
    ),
    "context_kind": ("law", "money", "crisis", "merger", "people", "other"),
    "followed": ("yes", "partly", "no", "open"),
    "point": ("thanks", "promise", "wish", "own"),
    "direction": ("higher", "lower", "context"),
    "sender": ("council", "citizens"),
    "article": ("de", "het"),
    "figure_status": ("published", "summed", "derived", "repaired", "council"),
}  # fmt: skip
