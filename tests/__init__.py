"""The tests: they mirror the source tree; `journeys` tells whole stories."""
