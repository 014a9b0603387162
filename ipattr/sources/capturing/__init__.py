"""A capture: every host of a platform asked of every resolver, and each answer kept before it counts."""

from ipattr.sources.capturing.engine import InterruptedCaptureError, capture_now
from ipattr.sources.capturing.plan import plan_capture

__all__ = ["InterruptedCaptureError", "capture_now", "plan_capture"]
