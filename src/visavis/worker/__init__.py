"""What works behind the API: rendering, notifications, keeping house."""
