"""Privacy is tested, not promised: whatever happens around somebody in hiding, nobody sees who they are."""
